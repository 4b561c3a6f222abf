"""Routing: which office receives a concern, who is kept away, and why."""
