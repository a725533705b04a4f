"""The demo: python app.py, or as a Hugging Face Space."""

import os
import sys

# NumPy reads this when it is imported. Many visitors are answered at a time, each by a thread: with
# more threads for each matrix product they would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from fmnist.datasets import DataError
from fmnist.runs import RunError
from fmnist.ui.page import LAUNCH, build

if __name__ == "__main__":
    try:
        page = build()
    except (DataError, RunError) as error:
        sys.exit(str(error))
    page.launch(**LAUNCH)
