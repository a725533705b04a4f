"""Train the networks: `python train.py`; --help explains its options."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

INTERRUPTED = "\nInterrupted: run the same command again to go on."


def leave(*_: object) -> None:
    """At once, since code that is being imported takes an exception for a fault of its own."""
    print(INTERRUPTED, file=sys.stderr, flush=True)
    os._exit(1)


@contextlib.contextmanager
def importing() -> Iterator[None]:
    signal.signal(signal.SIGINT, leave)
    yield
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    with importing():
        from fmnist.training.cli import main
    try:
        main(importing)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
