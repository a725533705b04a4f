"""The demo: python app.py, or as a Hugging Face Space."""

import sys

from fmnist.datasets import DataError
from fmnist.runs import RunError
from fmnist.ui.page import LAUNCH, build

if __name__ == "__main__":
    try:
        page = build()
    except (DataError, RunError) as error:
        sys.exit(str(error))
    page.launch(**LAUNCH)
