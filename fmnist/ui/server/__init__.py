"""Protect the page from strangers: which requests are answered, and how many of each.

What is allowed is listed; everything else is refused with one sentence. `serving` starts and stops
the server.
"""
