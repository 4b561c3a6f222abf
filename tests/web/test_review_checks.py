"""The auditor checks the log: now, and against a checkpoint that was kept."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest

from conductdesk.review.views import checking
from tests.actions.closing_steps import closed
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.tampering import change_entries


def test_a_changed_entry_fails_where_it_is_shown_and_in_the_check(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    change_entries(cast, "case.triaged", "case.triagec")
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    history = words_of(auditor.get(f"/review/cases/{case_id}/history"))
    assert "Not verified" in history
    auditor.get("/review")
    auditor.post("/review/verification", {"scheme": "wcc"})
    checked = words_of(auditor.get("/review/verification"))
    assert "FAILED" in checked
    assert "bytes do not match its leaf hash" in checked
    assert "Check failed" in words_of(auditor.get("/review"))


def test_without_a_checkpoint_from_outside_the_log_is_only_consistent(
    cast: Cast, faces: Faces
) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert "Not checked yet" in words_of(auditor.get("/review"))
    sent = auditor.post("/review/verification", {"scheme": "wcc"})
    assert sent.status_code == 303
    assert "VERIFIED-UNANCHORED" in words_of(auditor.get(sent.headers["Location"]))
    assert 'data-label="Log"><span>Verified<' in auditor.get("/review").text


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_checkpoint_that_was_kept_anchors_the_check(
    cast: Cast, faces: Faces, line_end: str
) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    kept = auditor.get("/review/checkpoints/wcc")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    pasted = kept.text.replace("\n", line_end) + line_end
    auditor.post("/review/verification", {"scheme": "wcc", "checkpoint": pasted})
    shown = words_of(auditor.get("/review/verification"))
    assert re.search(r"VERIFIED ?,", shown)
    assert "Consistent" in shown


def test_a_checkpoint_can_be_given_as_the_file_that_was_kept(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/verification")
    kept = auditor.get("/review/checkpoints/wcc").data
    typed: dict[str, Any] = {"scheme": "wcc", "checkpoint": ""}
    empty = {"file": (BytesIO(b""), "")}
    assert auditor.post("/review/verification", typed | empty).status_code == 303
    assert "VERIFIED-UNANCHORED" in words_of(auditor.get("/review/verification"))
    given = {"file": (BytesIO(kept), "kept.txt")}
    assert auditor.post("/review/verification", typed | given).status_code == 303
    assert "Consistent" in words_of(auditor.get("/review/verification"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"nonsense", b"x" * 30_000])
def test_a_file_that_is_no_checkpoint_is_said_in_place(
    cast: Cast, faces: Faces, content: bytes
) -> None:
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/verification")
    given = {"scheme": "wcc", "file": (BytesIO(content), "kept.txt")}
    answer = auditor.post("/review/verification", given)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_a_checkpoint_of_another_log_fails(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    kept = auditor.get("/review/checkpoints/wcc").text
    auditor.post(
        "/review/verification",
        {"scheme": "wcc", "checkpoint": kept.replace("conduct.example", "other.example")},
    )
    assert "FAILED" in words_of(auditor.get("/review/verification"))


@pytest.mark.parametrize("typed", ["nonsense", "a\n0\nb\n\n— c d", "\u202e🦡\x00", "x" * 30_000])
def test_what_is_no_checkpoint_is_said_in_place_and_kept(
    cast: Cast, faces: Faces, typed: str
) -> None:
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    answer = auditor.post("/review/verification", {"scheme": "wcc", "checkpoint": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert typed.partition("\n")[0] in answer.text
    assert "FAILED" not in answer.text


@pytest.mark.parametrize("scheme", ["", "bes", "installation", "💥"])
def test_the_log_of_another_scheme_is_not_checked_nor_given(
    cast: Cast, faces: Faces, scheme: str
) -> None:
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    assert auditor.post("/review/verification", {"scheme": scheme}).status_code == 422
    assert auditor.get(f"/review/checkpoints/{scheme or 'none'}").status_code == 404


def test_checks_are_limited(cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHECKS_AN_HOUR", 1)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    answers = [auditor.post("/review/verification", {"scheme": "wcc"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
