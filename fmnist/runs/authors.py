"""What the networks' authors report of their own training, to compare with."""

from fmnist.data.datasets import FASHION_MNIST, MNIST

# Test accuracy, by data set and network. Of the small network on MNIST nothing is reported.
ACCURACY = {
    (FASHION_MNIST.name, "small"): "about 91 %",
    (FASHION_MNIST.name, "large"): "93.23 %",
    (MNIST.name, "large"): "99.42 %",
}
# Training and validation accuracy after some of the 30 epochs, from the large network's notebook
# (fashion-mnist.ipynb in https://github.com/Xfan1025/Fashion-MNIST); the others are not here.
EPOCHS = {
    (FASHION_MNIST.name, "large"): {
        1: (0.7336, 0.8639),
        2: (0.8511, 0.8904),
        5: (0.9036, 0.9133),
        10: (0.9377, 0.9244),
        15: (0.9586, 0.9264),
        20: (0.9736, 0.9310),
        25: (0.9801, 0.9286),
        30: (0.9876, 0.9316),
    },
    (MNIST.name, "large"): {1: (0.8907, 0.9794), 10: (0.9960, 0.9930), 30: (0.9994, 0.9943)},
}
