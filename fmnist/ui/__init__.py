"""The page: its tabs and an API. Only this package imports gradio."""

import os
import tempfile

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when the first Blocks is made
# After each event, gradio tabulates the last 10,000, for a monitoring page that is off here.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**12)

# gradio makes matplotlib draw into files at each answer. If it already does, that takes a quarter
# of the time and memory; and with no settings file to look for, matplotlib makes no folder for one.
os.environ["MPLBACKEND"] = "agg"
os.environ["MATPLOTLIBRC"] = os.devnull

# Hidden from gradio, which converts it on import, with a traceback if it is not a number.
SERVER_PORT = os.environ.pop("GRADIO_SERVER_PORT", "7860")

# gradio reads this on import. We need a folder of our own, because we delete its contents.
try:
    _folder = os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir()
except FileNotFoundError:  # no temporary folder is writable
    _folder = os.path.expanduser("~/.cache")
_own = f"fmnist-{os.getuid()}"
if os.path.basename(_folder) != _own:  # a child process inherits it
    os.environ["GRADIO_TEMP_DIR"] = os.path.realpath(os.path.join(_folder, _own))
