"""Measurements against a bare Flask view: `python -m bench`, or `make bench`.

Everything happens on this machine, in a temporary folder, with invented people.
"""
