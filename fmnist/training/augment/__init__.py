"""Images altered at random, so that networks learn from more than there are."""
