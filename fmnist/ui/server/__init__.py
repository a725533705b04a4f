"""What stands between strangers and the page: which requests there are, and how much of each.

What is allowed is listed, all else is refused with one sentence. `serving` starts and ends it all.
"""
