"""A witness: on somebody else's machine, it cosigns what extends all it has seen, and nothing else."""
