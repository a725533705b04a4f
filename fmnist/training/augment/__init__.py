"""Augmentation: random changes to images, so that networks learn from more of them."""
