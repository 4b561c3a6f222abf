"""The documents that are made from the code are current."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.write_docs import DOCUMENTS


@pytest.mark.parametrize("path", list(DOCUMENTS), ids=lambda path: path.name)
def test_a_generated_document_is_current(path: Path) -> None:
    made = DOCUMENTS[path]()
    assert path.read_text("utf-8") == made, "run: python dev/write_docs.py"
