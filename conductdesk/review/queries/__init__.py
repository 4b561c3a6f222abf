"""Reads of the auditor's desk, always from what the viewer may review."""
