"""Figures of recorded runs. Matplotlib's `Figure`, never pyplot, which leaks in a server."""

import itertools

from matplotlib.figure import Figure

from fmnist.runs import Run

# Colours and ink can be read on white and on near black; marks tell recipes apart without colour.
STYLES = (("#3b8fd9", "o"), ("#d9722e", "s"), ("#2a9d83", "^"))
INK = "#757f8c"


def curves(runs: list[Run]) -> Figure:
    """Accuracy and loss of each epoch: training dashed, validation solid; a colour a recipe."""
    figure = Figure(figsize=(4.6, 5), layout="constrained")
    figure.patch.set_alpha(0)
    for axes, measure in zip(figure.subplots(2, sharex=True), ("accuracy", "loss"), strict=True):
        for run, (colour, mark) in zip(runs, itertools.cycle(STYLES), strict=False):
            epochs = [epoch["epoch"] for epoch in run.history]
            for key, images, line in (
                (measure, "training", "--"),
                (f"val_{measure}", "validation", "-"),
            ):
                axes.plot(
                    epochs,
                    [epoch[key] for epoch in run.history],  # type: ignore[literal-required]
                    line,
                    color=colour,
                    marker=mark,
                    markersize=4,
                    markevery=5,
                    label=f"{run.recipe.name}, {images}",
                )
        axes.set_ylabel(measure.capitalize())
        axes.patch.set_alpha(0)
        axes.grid(color=INK, alpha=0.25)
        axes.tick_params(colors=INK)
        axes.yaxis.label.set_color(INK)
        axes.spines[:].set_visible(False)
    axes.set_xlabel("Epoch", color=INK)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper center",
        ncols=2,
        labelcolor=INK,
        frameon=False,
    )
    return figure
