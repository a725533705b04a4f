"""The data sets, their files, and people's own photos and drawings."""
