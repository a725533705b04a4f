"""The demo: python app.py, or as a Hugging Face Space."""

from fmnist.ui.page import LAUNCH, build

if __name__ == "__main__":
    build().launch(**LAUNCH)
