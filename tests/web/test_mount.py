"""Two faces under one roof, and what may be kept by a browser."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import Client

from conductdesk.web import unread
from conductdesk.web.headers import FIXED, FOREVER
from conductdesk.web.mount import mount


@pytest.fixture
def client() -> Client:
    return Client(mount(_face("public"), _face("desk")))


def _face(name: str) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/", "home", lambda: f"the {name} face")
    app.add_url_rule("/desk-like", "near", lambda: f"near the {name} face")
    return app


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/", "the public face"),
        ("/desk/", "the desk face"),
        ("/desk-like", "near the public face"),
    ],
)
def test_each_face_answers_at_its_own_place(client: Client, address: str, answer: str) -> None:
    assert client.get(address).text == answer


@pytest.mark.parametrize("face", ["", "/desk"])
def test_a_versioned_static_file_may_be_kept_for_ever(client: Client, face: str) -> None:
    with client.get(f"{face}/static/brand.css?v=abc") as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/css")
        assert response.headers.getlist("Cache-Control") == [FOREVER]


def test_a_static_file_without_a_version_is_asked_for_again(client: Client) -> None:
    with client.get("/static/brand.css") as response:
        assert response.headers.getlist("Cache-Control") == ["no-cache"]


def test_static_files_carry_the_headers_of_every_page(client: Client) -> None:
    with client.get("/static/brand.css") as response:
        assert FIXED.items() <= dict(response.headers).items()
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "address",
    ["/static/", "/static/../wsgi.py", "/static/%2e%2e/settings.py", "/desk/static/../db.py"],
)
def test_nothing_beside_the_static_folder_is_served(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_file_that_no_page_wants_is_read_to_its_end_so_that_the_answer_arrives(
    client: Client,
) -> None:
    body = BytesIO(b"x" * 300_000)
    with client.post("/nothing", input_stream=body, content_length=300_000) as response:
        assert response.status_code == 404
    assert body.tell() == 300_000


def test_more_than_any_request_may_have_is_not_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST", 100_000)
    body = BytesIO(b"x" * 300_000)
    with client.post("/nothing", input_stream=body, content_length=300_000):
        pass
    assert body.tell() < 200_000
