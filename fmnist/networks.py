"""The two networks, layer for layer as their authors published them.

Both take (n, 28, 28) pixels of 0 to 255, 0 = background, and give (n, 10) probabilities. Scaling
by 1/255 is their first layer, so that a row of the data set goes in as it is.
"""

from keras import Input, Model, Sequential, layers


def small(dropout: float) -> Model:
    """106,991 parameters: "CNN - Fashion MNIST". Its activations are our choice: ReLU."""
    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(34, 3, activation="relu"),  # 26×26×34
            layers.MaxPooling2D(),  # 13×13×34
            layers.Conv2D(22, 3, activation="relu"),  # 11×11×22
            layers.Conv2D(12, 3, activation="relu"),  # 9×9×12
            layers.Flatten(),  # 972
            layers.Dropout(dropout),
            layers.Dense(95, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(40, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(24, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(10, activation="softmax"),
        ],
        name="small",
    )


def large(dropout: float) -> Model:
    """1,879,098 parameters, 56 not trainable: "Fashion-MNIST & Original MNIST".

    Its author's input is 1×28×28 and the normalisation runs over the last axis, the columns of
    the picture: 4 × 28 parameters. Here the channel comes last, so that axis is 2.
    """
    return Sequential(
        [
            Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.BatchNormalization(axis=2),
            layers.Conv2D(64, 5, activation="relu"),  # 24×24×64
            layers.MaxPooling2D(),  # 12×12×64
            layers.Conv2D(512, 5, activation="relu"),  # 8×8×512
            layers.MaxPooling2D(),  # 4×4×512
            layers.Flatten(),  # 8192
            layers.Dense(128, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(64, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(10, activation="softmax"),
        ],
        name="large",
    )


NETWORKS = {"small": small, "large": large}
