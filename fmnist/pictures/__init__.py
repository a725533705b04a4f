"""From any picture to an image as the data sets have them."""
