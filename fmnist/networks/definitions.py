"""The networks, layer for layer as their authors published them.

Each takes (n, 28, 28) pixels from 0 to 255, 0 = background, and gives (n, 10) probabilities. The
first layer scales by 1/255, so images of the data set need no preparation.

A network is data: a table of layers in Keras's terms. `build` makes a `keras.Model` of it, for
training; `fmnist.networks.forward` computes the same answers without Keras, for the app.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # importing Keras takes seconds, and answers do not need it
    from keras import Model


@dataclass(frozen=True)
class Layer:
    """A layer: its class in `keras.layers`, and the arguments of that class."""

    kind: str
    arguments: dict[str, Any]


def _layer(kind: str, **arguments: Any) -> Layer:
    return Layer(kind, arguments)


# 106,991 parameters: "CNN - Fashion MNIST", a README whose author and address we do not know. It
# names no activations; ReLU is our choice.
SMALL = (
    _layer("Rescaling", scale=1 / 255),
    _layer("Reshape", target_shape=(28, 28, 1)),
    _layer("Conv2D", filters=34, kernel_size=3, activation="relu"),  # 26×26×34
    _layer("MaxPooling2D"),  # 13×13×34
    _layer("Conv2D", filters=22, kernel_size=3, activation="relu"),  # 11×11×22
    _layer("Conv2D", filters=12, kernel_size=3, activation="relu"),  # 9×9×12
    _layer("Flatten"),  # 972
    _layer("Dropout"),
    _layer("Dense", units=95, activation="relu"),
    _layer("Dropout"),
    _layer("Dense", units=40, activation="relu"),
    _layer("Dropout"),
    _layer("Dense", units=24, activation="relu"),
    _layer("Dropout"),
    _layer("Dense", units=10, activation="softmax"),
)
# 1,879,098 parameters, 56 not trainable: "Fashion-MNIST & Original MNIST" by Xfan1025,
# https://github.com/Xfan1025/Fashion-MNIST. The author's input is 1×28×28, normalised over the last
# axis, the columns of the image: 4 × 28 parameters. Here the channel comes last, so that axis is 2.
# The first convolution starts as in the author's notebook, whose Keras names mean the same today:
# uniform from -0.05 to 0.05, and normal with a standard deviation of 0.05.
LARGE = (
    _layer("Rescaling", scale=1 / 255),
    _layer("Reshape", target_shape=(28, 28, 1)),
    _layer("BatchNormalization", axis=2),
    _layer(  # 24×24×64
        "Conv2D",
        filters=64,
        kernel_size=5,
        activation="relu",
        kernel_initializer="random_uniform",
        bias_initializer="random_normal",
    ),
    _layer("MaxPooling2D"),  # 12×12×64
    _layer("Conv2D", filters=512, kernel_size=5, activation="relu"),  # 8×8×512
    _layer("MaxPooling2D"),  # 4×4×512
    _layer("Flatten"),  # 8192
    _layer("Dense", units=128, activation="relu"),
    _layer("Dropout"),
    _layer("Dense", units=64, activation="relu"),
    _layer("Dropout"),
    _layer("Dense", units=10, activation="softmax"),
)
PICTURED = {"Conv2D", "MaxPooling2D", "Flatten"}  # layers for which the channel has a place
NETWORKS = {"small": SMALL, "large": LARGE}
DEFAULT = "large"  # selected when the page opens
AUTHORS = {"large": ("Xfan1025", "https://github.com/Xfan1025/Fashion-MNIST")}  # where known


def build(network: str, dropout: float, **kinds: type) -> "Model":
    """The network as a `keras.Model` with new weights.

    dropout: the rate of its Dropout layers
    kinds: classes to use instead of those in `keras.layers`, by their names
    """
    from keras import Input, Sequential, layers

    made: list[Any] = [Input((28, 28))]
    for layer in NETWORKS[network]:
        arguments = {"rate": dropout} if layer.kind == "Dropout" else layer.arguments
        if layer.kind in PICTURED:  # whatever keras.json says
            arguments = arguments | {"data_format": "channels_last"}
        made.append((kinds.get(layer.kind) or getattr(layers, layer.kind))(**arguments))
    return Sequential(made, name=network)
