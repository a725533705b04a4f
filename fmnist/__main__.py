"""Commands for trained networks: `python -m fmnist COMMAND`."""

import argparse
import sys
from pathlib import Path

from fmnist.data.datasets import test_set
from fmnist.training import calibrate, evaluate, make_people, options, report


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in COMMANDS:
        sys.exit(f"Choose one of: python -m fmnist {' | '.join(COMMANDS)}.")
    sys.argv[:2] = [f"python -m fmnist {command}"]  # usage and errors begin with it
    with options.sentences():
        COMMANDS[command]()


def _calibrate() -> None:
    args = options.parser(calibrate.__doc__).parse_args()
    for run in options.recorded_runs(args):
        run = calibrate.calibrate(run, weights_dir=args.weights_dir)
        for what, found in (run.name, run.confidence), ("    drawings", run.drawings):
            if found:
                print(f"{what}:", ", ".join(f"{key} {value:g}" for key, value in found.items()))


def _evaluate() -> None:
    args = options.parser(evaluate.__doc__).parse_args()
    for run in options.recorded_runs(args):
        run = evaluate.evaluate(run, test_set(run.dataset), weights_dir=args.weights_dir)
        print(f"{run.name}: {run.test['accuracy']:.2%} of the test images")
        for measure in run.people:
            print(f"    {measure['what']:<60} {measure['value']:.4f}  n={measure['n']}")


def _report() -> None:
    argparse.ArgumentParser(description=report.__doc__).parse_args()
    report.write()


def _people() -> None:
    parser = argparse.ArgumentParser(
        description=make_people.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="the folder of the photos")
    try:
        make_people.make(parser.parse_args().photos)
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing: name the folder of the photos.")


COMMANDS = {
    "calibrate": _calibrate,
    "evaluate": _evaluate,
    "report": _report,
    "people": _people,
}

if __name__ == "__main__":
    main()
