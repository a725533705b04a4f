"""Convert the records in weights/ to the form that names recipes' phases; to be run once."""

import json
import subprocess

from fmnist import inference, runs
from fmnist.recipes import Phase, Recipe, recipe_for

NAMES = {"seed": "published", "best": "robust"}
SOURCES = {
    "The seed recipe, then a finish of our own.": recipe_for("robust", "mnist", "small").source
}
AUGMENTATIONS = {"finishing": "distorted", "settling": "mirrored", "softening": "blurred"}

for path in sorted(runs.WEIGHTS_DIR.glob("*.json")):
    old = json.loads(path.read_text())
    recipe = old["recipe"]
    phases = [Phase(recipe["epochs"], recipe["learning_rate"], "inverse_time", recipe["decay"])]
    for kind, augmentation in AUGMENTATIONS.items():
        if epochs := recipe.get(f"{kind}_epochs"):
            rate, average = recipe[f"{kind}_rate"], kind == "softening"
            phases.append(
                Phase(epochs, rate, augmentation=augmentation, average_with_start=average)
            )
    recipe = Recipe(
        name=NAMES[recipe["name"]],
        batch_size=recipe["batch_size"],
        dropout=recipe["dropout"],
        validation_images=recipe["validation_images"],
        phases=tuple(phases),
        tta=recipe["name"] == "best",
        source=SOURCES.get(recipe["source"], recipe["source"]),
    )
    dataset, network, confidence = old["dataset"], old["network"], old["confidence"]
    assert recipe == recipe_for(recipe.name, dataset, network), recipe
    name = runs.run_name(dataset, network, recipe.name)
    file = f"{name}.{old['weights']['sha256'][:8]}.weights.h5"
    run = runs.Run(
        dataset=dataset,
        network=network,
        recipe=recipe,
        seed=old["seed"],
        versions=old["versions"],
        compute_dtype=old["convolutions"],
        parameters=old["parameters"],
        weights=old["weights"] | {"file": file},
        history=old["history"],
    )
    moves = [(old["weights"]["file"], file), (path.name, f"{name}.json")]
    for source, target in moves:
        subprocess.run(["git", "mv", source, target], cwd=runs.WEIGHTS_DIR, check=True)
    runs.update(
        run,
        runs.WEIGHTS_DIR,
        settings=inference.settings(dataset),  # so they were calibrated, by either recipe
        confidence=runs.Confidence(
            temperature=confidence["temperature"],
            threshold=confidence["threshold"],
            correct_rejected=confidence["right_refused"],
            wrong_rejected=confidence["wrong_refused"],
            outliers_rejected=confidence["strangers_refused"],
            augmentation="distorted",
            seed=old["seed"],
        ),
    )
