"""Train the networks: `python train.py`; --help explains its options."""

import os
import signal
import sys

INTERRUPTED = "\nInterrupted: run the same command again to go on."


def leave(*_: object) -> None:
    """At once, since code that is being imported takes an exception for a fault of its own."""
    print(INTERRUPTED, file=sys.stderr, flush=True)
    os._exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, leave)
    from fmnist.training.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
