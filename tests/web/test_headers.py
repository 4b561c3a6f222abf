from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import request
from flask.testing import FlaskClient

from conductdesk.web.face import Face
from conductdesk.web.state import Services
from tests.web.small_face import SITE, make_face, post

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest.fixture(params=list(Face))
def client(request: pytest.FixtureRequest, web_services: Services) -> FlaskClient:
    return make_face(request.param, web_services).test_client()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/form", 200),
        ("/gone", 404),
        ("/never", 404),
        ("/careless", 500),
        ("/file", 200),
        ("/static/brand.css", 200),
        ("/static/none.css", 404),
    ],
)
def test_every_answer_carries_the_headers(client: FlaskClient, path: str, status: int) -> None:
    with client.get(path, base_url=SITE) as answer:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Server" not in answer.headers
        assert "X-Powered-By" not in answer.headers


def test_an_answer_to_a_wrong_method_or_a_post_carries_them_too(client: FlaskClient) -> None:
    for answer in (client.put("/", base_url=SITE), post(client, "/form", account="words")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_policy_allows_no_script_without_this_answers_nonce(client: FlaskClient) -> None:
    first, second = (client.get("/", base_url=SITE) for _ in range(2))
    nonces = [_nonce(answer.headers["Content-Security-Policy"]) for answer in (first, second)]

    assert nonces[0] != nonces[1]
    assert len(nonces[0]) >= 22
    assert set(re.findall(r'nonce="([^"]+)"', first.text)) == {nonces[0]}
    for script in re.findall(r"<script[^>]*>", first.text):
        assert f'nonce="{nonces[0]}"' in script
    assert "unsafe" not in first.headers["Content-Security-Policy"]


def test_pages_are_never_stored_and_static_files_are_kept(client: FlaskClient) -> None:
    assert client.get("/", base_url=SITE).headers["Cache-Control"] == "no-store"
    with client.get("/static/brand.css", base_url=SITE) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_search_engines_may_only_keep_the_landing_page(client: FlaskClient) -> None:
    assert "X-Robots-Tag" not in client.get("/", base_url=SITE).headers
    assert "noindex" in client.get("/form", base_url=SITE).headers["X-Robots-Tag"]
    assert "noindex" in client.get("/never", base_url=SITE).headers["X-Robots-Tag"]


def test_a_download_is_saved_and_never_run(client: FlaskClient) -> None:
    answer = client.get("/file", base_url=SITE)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_leaving_clears_what_the_browser_kept_but_no_other_faces_cookies(
    client: FlaskClient,
) -> None:
    answer = post(client, "/out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_production_upgrades_every_request_and_promises_it_also_where_proxies_are_forgotten(
    web_services: Services,
) -> None:
    settings = replace(web_services.settings, production=True, proxies=0)
    app = make_face(Face.PUBLIC, replace(web_services, settings=settings))

    headers = app.test_client().get("/", base_url=SITE.replace("https", "http")).headers

    assert "upgrade-insecure-requests" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"] == EVERYWHERE["Strict-Transport-Security"]


def test_one_proxy_in_front_is_believed_about_tls_and_host_and_not_about_an_address(
    web_services: Services,
) -> None:
    settings = replace(web_services.settings, proxies=1)
    app = make_face(Face.PUBLIC, replace(web_services, settings=settings))
    seen: list[tuple[str | None, bool, str]] = []
    app.before_request(lambda: seen.append((request.remote_addr, request.is_secure, request.host)))
    told = {
        "X-Forwarded-For": "203.0.113.77",
        "X-Forwarded-Proto": "http, https",  # the first is what a visitor made up
        "X-Forwarded-Host": "made-up.example, conduct.example.org",
    }

    app.test_client().get("/", base_url="http://127.0.0.1:8000", headers=told)

    assert seen == [("127.0.0.1", True, "conduct.example.org")]


def test_plain_http_promises_no_transport_security(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers


def _nonce(policy: str) -> str:
    found = re.search(r"'nonce-([^']+)'", policy)
    assert found is not None
    return found[1]
