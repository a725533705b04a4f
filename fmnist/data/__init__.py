"""The data sets: what they are, their files, and what people photographed and drew."""
