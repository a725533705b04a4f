"""The demo: python app.py, or as a Hugging Face Space."""

import os
import sys

# NumPy and OpenCV read these when they are imported. What they compute for an answer is small, and
# many visitors ask at a time: more threads for each step would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")

from fmnist.ui.server.address import listening

if __name__ == "__main__":
    listener = listening()  # before the imports that take seconds: whoever errs learns it at once

    from fmnist.data.datasets import DataError
    from fmnist.runs.records import RunError
    from fmnist.ui.page import SETTINGS, build
    from fmnist.ui.server.serving import serve

    try:
        serve(listener, build, SETTINGS)
    except (DataError, RunError) as error:
        sys.exit(str(error))
