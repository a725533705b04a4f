"""From a picture to an answer, and how sure it is."""
