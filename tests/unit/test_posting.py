"""An answer from outside is here by its deadline, whole and bounded, or it is none."""

from __future__ import annotations

import time

import pytest

from conductdesk.audit.posting import ANSWER_LIMIT, post
from tests.trickling import trickling

PATIENCE = 0.2
"""Seconds until the deadline."""
TOO_LONG = 2
"""Seconds after which a test would say that nothing had stopped it."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (HEAD + b"Content-Length: 16000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD, b"X"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunks", "header", "promises"],
)
def test_an_answer_that_trickles_is_cut_off_at_the_deadline(first: bytes, more: bytes) -> None:
    with trickling(first, more) as url:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            post(url, b"x", began + PATIENCE)
        assert PATIENCE <= time.monotonic() - began < TOO_LONG


def test_an_answer_is_read_up_to_a_bound() -> None:
    with trickling(HEAD + b"\r\n" + b"x" * 2 * ANSWER_LIMIT, b"") as url:
        reply = post(url, b"x", time.monotonic() + TOO_LONG)
    assert (reply.status, reply.content_type) == (200, "text/plain")
    assert reply.body == "x" * ANSWER_LIMIT


def test_nobody_is_asked_when_the_time_is_over() -> None:
    with pytest.raises(TimeoutError):
        post("http://127.0.0.1:1/add-checkpoint", b"x", time.monotonic())
