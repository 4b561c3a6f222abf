"""The auditor takes bundles away: from the desk, and by the command line."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from zipfile import ZipFile

import pyotp
import pytest

from conductdesk import clock
from conductdesk.audit.bundle import verifier
from conductdesk.audit.offline import verify
from tests.actions.closing_steps import closed
from tests.cast import PASSWORD, Cast
from tests.conftest import Faces
from tests.web.command_line import CommandLine
from tests.web.desk_visitor import AtTheDesk, words_of


def checked(data: bytes) -> str:
    """Check a bundle, and return what the verifier says of it."""
    return "\n".join(verify.check(verify.Bundle(io.BytesIO(data)), [], []))


def test_an_auditor_downloads_a_case_and_the_whole_log(cast: Cast, faces: Faces) -> None:
    case_id, pseudonym = (case := closed(cast)).id, case.pseudonym
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    case_page = f"/review/cases/{case_id}/bundle"
    assert case_page in auditor.get(f"/review/cases/{case_id}/history").text
    assert "/review/bundles/wcc/new" in auditor.get("/review/verification").text
    for address in (case_page, "/review/bundles/wcc"):
        assert "Download the bundle" in auditor.get(f"{address}/new").text
        refused = auditor.post(address)
        assert (refused.status_code, "Choose what it is for" in words_of(refused)) == (422, True)
        sent = auditor.post(address, {"purpose": "audit"})
        assert (sent.status_code, sent.mimetype) == (200, "application/zip")
        said = checked(sent.data)
        assert "purpose: audit" in said
        assert ", 0 no_key" in said
        with ZipFile(io.BytesIO(sent.data)) as files:
            assert pseudonym in files.read("entries.jsonl").decode()


def test_nobody_else_takes_a_bundle_away(cast: Cast, faces: Faces) -> None:
    case_id, open_id = closed(cast).id, cast.attested().id
    for who in ("liaison", "administrator"):
        visitor = AtTheDesk(faces.desk, cast, who)
        for address in (f"/review/cases/{case_id}/bundle", "/review/bundles/wcc"):
            assert visitor.post(address, {"purpose": "audit"}).status_code == 404
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    for address in (f"/review/cases/{open_id}/bundle", "/review/bundles/bes"):
        assert auditor.get(f"{address}/new").status_code == 404
        auditor.get("/review/verification")
        assert auditor.post(address, {"purpose": "audit"}).status_code == 404


def test_the_command_line_exports_with_and_without_an_auditor(
    line: CommandLine, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, secret = closed(cast).code_name, cast["auditor"].totp_secret
    email = cast["auditor"].account.email
    cast.db.commit()
    words = ("audit", "export", "--scheme", "wcc", "--case", name)
    out = tmp_path / "without.zip"
    assert "No details are opened" in line.said(*words, "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "none opened" in checked(out.read_bytes())
    assert "is there already" in line.refused(*words, "--out", str(out))
    code = pyotp.TOTP(secret).at(clock.now(), counter_offset=1)
    monkeypatch.setitem(line.environ, "CONDUCTDESK_PASSWORD", PASSWORD)
    monkeypatch.setitem(line.environ, "CONDUCTDESK_TOTP", code)
    named = ("--as", email, "--out", str(tmp_path / "with.zip"))
    assert "No details" not in line.said("audit", "export", "--scheme", "wcc", "--all", *named)
    said = checked((tmp_path / "with.zip").read_bytes())
    assert ", 0 no_key" in said
    assert "is not right" in line.refused(*words, "--as", email, "--out", "x.zip")
    assert "no closed case" in line.refused(
        "audit", "export", "--scheme", "wcc", "--case", "Nobody 11", "--out", "x.zip"
    )
    assert "no scheme" in line.refused(
        "audit", "export", "--scheme", "x", "--all", "--out", "x.zip"
    )
    assert line.refused("audit", "export", "--scheme", "wcc", "--out", "x.zip", code=2)
    assert not list(tmp_path.glob("*.part"))


def test_the_verifier_is_printed_as_it_is_shipped(line: CommandLine) -> None:
    assert line.said("audit", "verifier").encode() == verifier()
