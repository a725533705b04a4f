"""The page: three tabs and an API. The only place that imports gradio."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when the first Blocks is made
