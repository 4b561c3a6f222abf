from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from flask import request

from conductdesk.policy import Permission
from conductdesk.vault.streams import FileSealer
from conductdesk.web.face import Face
from conductdesk.web.gate import gate
from conductdesk.web.state import Services
from conductdesk.web.uploads import Sink, install_uploads
from tests.web.small_face import SITE, make_face, token

MARK = b"the heron saw it all. "
LIMIT = 25 * 1024 * 1024


def test_an_upload_leaves_no_clear_word_on_the_disk(
    web_services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = make_face(Face.PUBLIC, web_services)
    sinks: list[FileSealer] = []
    found: list[bool] = []

    def make_sink() -> Sink:
        sinks.append(FileSealer(LIMIT))
        return sinks[-1]

    @gate(Permission.TELL)
    def take() -> str:
        found.append(isinstance(request.files["file"].stream, FileSealer))
        found.extend(MARK in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        return "taken"

    install_uploads(app, make_sink)
    app.add_url_rule("/take", "take", take, methods=["POST"])
    client = app.test_client()
    data = {"csrf_token": token(client), "file": (io.BytesIO(MARK * 20_000), "a.txt")}

    assert client.post("/take", base_url=SITE, data=data).text == "taken"

    assert found[0]
    assert not any(found[1:])
    assert len(sinks) == 1
