"""Control tests: what should hold on every closed case, tried on all of them at once.

A test works from rows and log entries, and where something is sealed, from the fact that it exists.
"""
