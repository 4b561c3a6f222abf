"""`python -m conductdesk`: the command line where the package is not installed."""

from __future__ import annotations

from conductdesk.cli import main

if __name__ == "__main__":
    main(prog_name="conductdesk")
