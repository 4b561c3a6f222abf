"""Print the table of conductdesk/static/VENDORED.md, with the checksums of the files as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

STATIC = Path(__file__).parents[2] / "conductdesk" / "static"
FILES = {
    "public.css": ("compiled", "govuk-frontend 6.3.0, @ministryofjustice/frontend 11.1.0", "MIT"),
    "desk.css": ("compiled", "govuk-frontend 6.3.0, @ministryofjustice/frontend 11.1.0", "MIT"),
    "govuk-frontend-6.3.0.min.js": ("copied", "govuk-frontend 6.3.0", "MIT"),
    "htmx-2.0.11.min.js": ("copied", "htmx.org 2.0.11", "0BSD"),
}


def table() -> str:
    """Return one line for each vendored file."""
    lines = ["| file | how | npm package | licence | SHA-256 |", "|---|---|---|---|---|"]
    for name, (how, package, licence) in FILES.items():
        digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
        lines.append(f"| `{name}` | {how} | {package} | {licence} | `{digest}` |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - what the program is for
