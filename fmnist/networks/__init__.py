"""The two networks: their layers, and what they compute from an image."""
