"""How networks are trained: recipes, as data for training, the command line and the page."""

from dataclasses import dataclass, replace

from fmnist.data.datasets import FASHION_MNIST, MNIST, Images, lookup, split

OWN = "own"  # learns from a person's own pictures; served where it was trained
SHIPPED = "robust"  # served otherwise
PUBLISHED = "published"  # by the network's author


@dataclass(frozen=True)
class Phase:
    """Some epochs, starting with a fresh optimizer.

    optimizer: "adam" (D. Kingma, J. Ba, arXiv 1412.6980) or "muon" (`fmnist.training.muon`)
    schedule: "inverse_time", the rate falls as learning_rate / (1 + decay × step); or "cosine", it
        falls from learning_rate to 0 along half a cosine (I. Loshchilov, F. Hutter,
        arXiv 1608.03983)
    augmented: whether the data set's images, shown alone, are augmented as in
        `fmnist.training.registry.TRAINING`
    mixture: how many people's digits or garments to add per image of the data set, and outliers
        with them, as in `fmnist.training.mixtures`; 0 means the data set alone
    images: of the data set in each epoch of a mixture, sampled anew each time; None means all
    dropout: overrides the recipe's, if not None
    epsilon: Adam's, by default that of Keras 3
    """

    epochs: int
    learning_rate: float
    schedule: str
    optimizer: str = "adam"
    decay: float = 0.0
    augmented: bool = False
    mixture: float = 0.0
    images: int | None = None
    dropout: float | None = None
    epsilon: float = 1e-7


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: with cross-entropy, one phase after another.

    validation_images: how many of the training images to hold out
    validation_seed: to choose them at random, as `fmnist.data.datasets.split` does; None means the
        last ones
    tta: whether answers are means over an image and its data set's `Views`; the network must have
        learned from such images
    source: whose recipe it is
    moments: numbers of epochs after which the weights are kept, too, to show how it learned; the
        last epoch is one more, if there are any
    """

    name: str
    batch_size: int
    dropout: float
    validation_images: int
    phases: tuple[Phase, ...]
    tta: bool
    source: str
    moments: tuple[int, ...] = ()
    validation_seed: int | None = None

    def split(self, training_set: Images) -> tuple[Images, Images]:
        """The images to learn from, and those to hold out."""
        return split(training_set, self.validation_images, self.validation_seed)

    @property
    def epochs(self) -> int:
        return sum(phase.epochs for phase in self.phases)

    @property
    def kept_epochs(self) -> list[int]:
        """The `moments` and the last epoch, if there are any moments."""
        before = [epoch for epoch in self.moments if epoch < self.epochs]
        return [*before, self.epochs] if self.moments else []

    def dropout_in(self, phase: Phase) -> float:
        return self.dropout if phase.dropout is None else phase.dropout


def _published(held_out: int) -> dict[str, Recipe]:
    """By network; `held_out` is the seed of the validation images, 15 % of the training images."""
    return {
        "small": Recipe(
            name=PUBLISHED,
            batch_size=128,
            dropout=0.25,  # with 0.1 it overfits
            validation_images=9000,
            validation_seed=held_out,
            phases=(Phase(epochs=30, learning_rate=0.001, schedule="inverse_time"),),
            tta=False,
            source="The author gives the layers and 30 epochs; the rest is our choice.",
        ),
        "large": Recipe(
            name=PUBLISHED,
            batch_size=256,
            dropout=0.35,
            validation_images=9000,
            validation_seed=held_out,
            phases=(
                Phase(
                    epochs=30,
                    learning_rate=0.001,
                    schedule="inverse_time",
                    decay=0.001,
                    epsilon=1e-8,  # of Adam in Keras 2.0, which the author used
                ),
            ),
            tta=False,
            source="The author's published recipe.",
        ),
    }


# The seeds are those of the large network's author.
AUTHORS = {FASHION_MNIST.name: _published(held_out=200), MNIST.name: _published(held_out=80)}


# A network learns most in its first epochs.
MOMENTS = (0, 1, 2, 3, 4, 6, 8, 11)


def _robust(dropout: float, *phases: Phase, moments: tuple[int, ...] = ()) -> Recipe:
    return Recipe(
        name=SHIPPED,
        batch_size=208,
        dropout=dropout,
        validation_images=9000,
        phases=phases,
        tta=True,
        source="Our own.",
        moments=moments,
    )


# docs/experiments.md lists what we compared these with.
ROBUST = {
    (MNIST.name, "small"): _robust(
        0.1,
        Phase(16, learning_rate=0.01, schedule="cosine", optimizer="muon", mixture=3 / 8),
        moments=MOMENTS,
    ),
    (MNIST.name, "large"): _robust(
        0.3, Phase(11, learning_rate=0.001, schedule="cosine", mixture=3 / 8)
    ),
    (FASHION_MNIST.name, "small"): _robust(
        0.15,
        Phase(32, learning_rate=0.01, schedule="cosine", optimizer="muon", mixture=1 / 2),
        moments=MOMENTS,
    ),
    (FASHION_MNIST.name, "large"): _robust(
        0.35,
        Phase(40, learning_rate=0.001, schedule="cosine", augmented=True, dropout=0.15),
        Phase(10, learning_rate=0.001, schedule="cosine", mixture=1 / 2),
    ),
}


def _own(robust: Recipe, epochs: int) -> Recipe:
    """`fmnist.training.own` adds the starting weights to `source`."""
    share = robust.phases[-1].mixture
    phase = Phase(epochs, learning_rate=0.0005, schedule="cosine", mixture=share, images=12_800)
    return replace(robust, name=OWN, phases=(phase,), moments=())


OWN_EPOCHS = {
    "small": 6,
    "large": 3,
}  # by network; those not here cannot learn own pictures
OWN_PICTURES = {
    (dataset, network): _own(robust, OWN_EPOCHS[network])
    for (dataset, network), robust in ROBUST.items()
    if network in OWN_EPOCHS and robust.phases[-1].mixture  # pictures join a mixture
}
RECIPES = {  # by name, in the order in which the app prefers them; then by data set and network
    OWN: OWN_PICTURES,
    SHIPPED: ROBUST,
    PUBLISHED: {
        (dataset, network): recipe
        for dataset, networks in AUTHORS.items()
        for network, recipe in networks.items()
    },
}


def recipe_for(name: str, dataset: str, network: str) -> Recipe:
    """The recipe of this name. Raises LookupError, which says where it is missing."""
    recipes = lookup(RECIPES, name, "fmnist.runs.recipes.RECIPES")
    return lookup(recipes, (dataset, network), f"fmnist.runs.recipes.RECIPES[{name!r}]")
