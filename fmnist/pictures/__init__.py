"""Turn any picture into an image like those of the data sets."""
