"""The verifier is published with its hash, so that nobody has to take it from a bundle."""

from __future__ import annotations

import re
from hashlib import sha256

from conductdesk.audit.bundle import verifier
from tests.house.sources import ROOT

AFTER = "its SHA-256 is\n\n```\n"


def test_the_published_hash_is_that_of_the_verifier() -> None:
    page = (ROOT / "docs" / "audit-log.md").read_text("utf-8")
    found = re.search(rf"{re.escape(AFTER)}([0-9a-f]{{64}})\n", page)
    assert found
    assert found[1] == sha256(verifier()).hexdigest()
