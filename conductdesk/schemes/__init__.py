"""Schemes: one mentoring programme under one code, described by a scheme pack."""
