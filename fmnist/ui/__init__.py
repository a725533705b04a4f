"""The page: its tabs and an API. The only place that imports gradio."""

import os
import tempfile

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when the first Blocks is made
# gradio keeps the last 10,000 events and makes a table of them after each, for a page that is off.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**12)

# gradio sets matplotlib to draw into files for each answer. If that is so already, this takes a
# quarter of the time and the memory, and without a file of settings no folder for one is made.
os.environ["MPLBACKEND"] = "agg"
os.environ["MATPLOTLIBRC"] = os.devnull

# Kept from gradio, which converts it while it is imported, with a traceback if it is not a number.
SERVER_PORT = os.environ.pop("GRADIO_SERVER_PORT", "7860")

# Read when gradio is imported. A folder of our own, since what lies there is deleted.
try:
    _folder = os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir()
except FileNotFoundError:  # no folder for temporary files can be written
    _folder = os.path.expanduser("~/.cache")
_own = f"fmnist-{os.getuid()}"
if os.path.basename(_folder) != _own:  # a process started by another has it already
    os.environ["GRADIO_TEMP_DIR"] = os.path.realpath(os.path.join(_folder, _own))
