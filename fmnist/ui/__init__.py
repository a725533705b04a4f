"""The page: its tabs and an API. The only place that imports gradio."""

import os
import tempfile

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when the first Blocks is made

# Read when gradio is imported. A folder of our own, since what lies there is deleted.
try:
    _folder = os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir()
except FileNotFoundError:  # no folder for temporary files can be written
    _folder = os.path.expanduser("~/.cache")
_own = f"fmnist-{os.getuid()}"
if os.path.basename(_folder) != _own:  # a process started by another has it already
    os.environ["GRADIO_TEMP_DIR"] = os.path.realpath(os.path.join(_folder, _own))
