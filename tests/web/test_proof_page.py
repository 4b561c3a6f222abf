"""Whoever holds a proof can check it on the public page, which tells nothing else."""

from __future__ import annotations

import io
import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from conductdesk.audit.checkpoints import mark_restored, sign_checkpoint
from conductdesk.audit.cosignature import LAST_MOMENT, cosign, witness_key_of
from conductdesk.audit.note import parse_proof
from conductdesk.audit.record import Event, append, read_head
from conductdesk.faces import public_face
from conductdesk.intake.views import proof as proof_views
from conductdesk.web.state import Services
from tests.actions.audit_rows import lift_triggers
from tests.actions.inquiry_steps import carried, decided
from tests.cast import Cast
from tests.log_reading import entry_at
from tests.web.case_pages import SignIn, fields_of, send
from tests.web.robot import links_on
from tests.web.visitor import Visitor, words_of

PAGE = "/wcc/proof"
SEED = bytes(range(32))


@pytest.fixture
def proof(visitor: Visitor) -> str:
    """The proof of a concern that was sent."""
    visitor.send()
    return visitor.post("/wcc/receipt/proof").text


def check(visitor: Visitor, text: str) -> str:
    answer = visitor.post(PAGE, {"proof": text})
    assert answer.status_code == 200
    return words_of(answer)


def test_a_proof_of_ours_is_still_in_the_record(
    visitor: Visitor, proof: str, web_services: Services
) -> None:
    assert "extra " in proof
    stranger = Visitor(public_face(web_services))
    said = check(stranger, proof.replace("\n", "\r\n").rstrip())
    assert "Our record still holds it" in said
    assert "Seen by somebody outside No" in said
    uploaded = stranger.post(PAGE, {"file": (io.BytesIO(proof.encode()), "proof.txt")})
    assert "Our record still holds it" in words_of(uploaded)
    assert stranger.cookie() is None  # looking leaves no session behind
    checkpoint = parse_proof(proof).checkpoint
    assert "Our record still holds it" in check(stranger, checkpoint)


def test_the_page_and_its_answer_say_nothing_of_the_case(
    visitor: Visitor, proof: str, web_services: Services
) -> None:
    said = check(visitor, proof)
    for word in ("concern.received", "Barnaby", "Marigold", "concern was", "reporter"):
        assert word not in said
    assert visitor.get(PAGE).status_code == 200


@pytest.mark.parametrize("line", range(1, 8))
def test_no_line_of_a_proof_can_be_changed(visitor: Visitor, proof: str, line: int) -> None:
    lines = proof.split("\n")
    if len(lines[line]) > 2:
        swapped = "B" if lines[line][-4] == "A" else "A"
        lines[line] = lines[line][:-4] + swapped + lines[line][-3:]
        answer = visitor.post(PAGE, {"proof": "\n".join(lines)})
        assert "Our record still holds it" not in words_of(answer)


def test_a_signature_that_is_not_ours_is_said_to_be_none(visitor: Visitor, proof: str) -> None:
    size = parse_proof(proof).checkpoint.split("\n")[1]
    said = check(visitor, proof.replace(f"\n{size}\n", f"\n{int(size) + 1}\n"))
    assert "This proof is not ours, or it was changed" in said


def test_a_record_that_was_rewritten_is_said_to_be(
    visitor: Visitor, proof: str, web_services: Services
) -> None:
    with web_services.database.writing() as db:
        lift_triggers(db)
        db.connection().exec_driver_sql(
            "UPDATE log_entry SET leaf_hash = zeroblob(32) WHERE log_id = 'wcc' AND idx = 0"
        )
        db.commit()
    said = check(visitor, proof)
    assert "Our record is not what it was" in said
    assert "Signed by us Yes" in said


def test_what_is_no_proof_is_refused_in_place(visitor: Visitor) -> None:
    for body, words in (
        ({}, "Paste the text of the proof, or choose its file"),
        ({"proof": "hello"}, "This is not a proof"),
        ({"file": (io.BytesIO(b"\xff\xd8\xff" * 99), "a.jpg")}, "This file is not a proof"),
        ({"file": (io.BytesIO(b"x" * 30_000), "a.txt")}, "This file is not a proof"),
        ({"proof": "x" * 20_001}, "Make it shorter"),
    ):
        answer = visitor.post(PAGE, body)
        assert answer.status_code == 422
        assert words in words_of(answer)


def test_the_proof_of_another_log_is_named(visitor: Visitor, web_services: Services) -> None:
    with web_services.database.writing() as db:
        other = sign_checkpoint(db, web_services.keystore, "installation", "asked").note
        db.commit()
    answer = visitor.post(PAGE, {"proof": other})
    assert answer.status_code == 422
    assert "belongs to another log" in words_of(answer)


def test_too_many_checks_wait_and_a_page_that_is_only_read_counts_none(
    visitor: Visitor, proof: str, monkeypatch: pytest.MonkeyPatch, web_services: Services
) -> None:
    monkeypatch.setattr(proof_views, "TRIES", 1)
    visitor.get(PAGE)
    size = parse_proof(proof).checkpoint.split("\n")[1]
    for not_ours in ("hello", proof.replace(f"\n{size}\n", f"\n{int(size) + 1}\n")):
        visitor.post(PAGE, {"proof": not_ours})  # costs nobody a try
    check(visitor, proof)
    answer = visitor.post(PAGE, {"proof": proof})
    assert answer.status_code == 429
    assert "Try again in 10 minutes" in words_of(answer)


def test_whoever_has_one_proof_cannot_use_up_the_tries_of_all(
    visitor: Visitor, proof: str, monkeypatch: pytest.MonkeyPatch, web_services: Services
) -> None:
    monkeypatch.setattr(proof_views, "TRIES", 2)
    monkeypatch.setattr(proof_views, "TRIES_OF_ONE_HEAD", 1)
    check(visitor, proof)
    for _again in range(3):
        assert visitor.post(PAGE, {"proof": proof}).status_code == 429
    with web_services.database.writing() as db:
        append(db, "wcc", [Event("test.happened", "system")])
        other = sign_checkpoint(db, web_services.keystore, "wcc", "asked").note
        db.commit()
    assert "Our record still holds it" in check(visitor, other)


def test_the_page_says_when_somebody_outside_has_seen_it(
    visitor: Visitor, proof: str, web_services: Services
) -> None:
    key = witness_key_of("witness.example.net", SEED)
    witnesses = (("https://witness.example.net", str(key)),)
    asked = replace(web_services, settings=replace(web_services.settings, witnesses=witnesses))
    line = cosign(parse_proof(proof).checkpoint, key.name, SEED, 1_795_342_800)
    said = check(Visitor(public_face(asked)), proof + line)
    assert "Seen by somebody outside Yes" in said
    assert "22 November 2026" in said
    absurd = cosign(parse_proof(proof).checkpoint, key.name, SEED, LAST_MOMENT)
    assert "Seen by somebody outside No" in check(Visitor(public_face(asked)), proof + absurd)
    assert "not ours, or it was changed" in check(
        Visitor(public_face(asked)), proof + line.replace("A", "B", 1)
    )


def test_proofs_can_be_had_from_the_mailbox(
    visitor: Visitor, web_services: Services, cast: Cast
) -> None:
    case = decided(cast)
    receipt = cast.receipts[case.id]
    cast.db.commit()
    visitor.post("/wcc/messages/open", {"receipt": receipt.code})
    visitor.get("/wcc/messages")
    first = visitor.post("/wcc/messages/proof/received")
    assert "Our record still holds it" in check(visitor, first.text)
    assert parse_proof(first.text).index < last_entry(cast)
    visitor.get("/wcc/messages")
    assert visitor.post("/wcc/messages/proof/told").status_code == 404


def test_a_letter_says_how_to_check_its_proof_and_the_proof_is_checked_as_it_says(
    visitor: Visitor, cast: Cast, sign_in: SignIn, tmp_path: Path
) -> None:
    case, handler = decided(cast), sign_in("liaison")
    receipt, place = cast.receipts[case.id], f"/cases/{case.id}/outcomes"
    drafted = fields_of(handler.get(f"{place}/letters"))
    for text in drafted.values():
        assert "a small signed file" in text
        assert "check it as often as you want at https://conduct.example.org/wcc/proof" in text
        assert "offline, on a computer of your own" in text
    typed = {name: unescape(text) for name, text in drafted.items()}
    assert send(handler, f"{place}/letters", typed).status_code == 303
    letter = next(link for link in links_on(handler.get(place).text) if "/letters/" in link)
    printed = handler.get(letter)
    proof = handler.post(f"{letter}/proof").text
    known = parse_proof(proof)
    leaf = b64encode(known.leaf or b"").decode()
    assert f"Entry number {known.index} Hash of the entry {leaf}" in words_of(printed)
    assert case.code_name not in printed.text  # it goes to somebody who never hears that name
    cast.db.commit()
    assert "Our record still holds it" in check(visitor, proof)
    assert_offline(visitor, proof, tmp_path)
    visitor.post("/wcc/messages/open", {"receipt": receipt.code})
    assert "Save a proof that we told you how it went" in words_of(visitor.get("/wcc/messages"))
    told = visitor.post("/wcc/messages/proof/told").text
    assert parse_proof(told).index == known.index
    entry = entry_at(cast.db, "wcc", parse_proof(told).index)
    assert entry is not None
    assert entry.type == "sides.told"


def assert_offline(visitor: Visitor, proof: str, folder: Path) -> None:
    """Do what the public page says, with nothing but what it hands out."""
    page = visitor.get(PAGE).text
    key = re.findall(r"conduct\.example/wcc/1\+[0-9a-f]{8}\+[\w+/=]+", unescape(page))[0]
    (folder / "proof.py").write_bytes(visitor.get(f"{PAGE}/program").data)
    (folder / "proof.txt").write_text(proof, "utf-8")
    recipe = unescape(re.findall(r"<code>(.*?)</code>", page, re.DOTALL)[0]).replace("KEY", key)
    done = subprocess.run(["sh", "-c", recipe], cwd=folder, capture_output=True, text=True)
    assert "leads there" in done.stdout, done.stderr
    assert "Signature Verified Successfully" in done.stdout


def test_where_nothing_is_signed_now_both_pages_say_so_in_place(
    visitor: Visitor, cast: Cast, sign_in: SignIn
) -> None:
    case = carried(cast)
    receipt, place = cast.receipts[case.id], f"/cases/{case.id}/outcomes"
    mark_restored(cast.db)
    cast.db.commit()
    handler = sign_in("liaison")
    letter = next(link for link in links_on(handler.get(place).text) if "/letters/" in link)
    refused = handler.post(f"{letter}/proof")
    assert refused.status_code == 422
    assert "comes from a backup" in words_of(refused)
    visitor.post("/wcc/messages/open", {"receipt": receipt.code})
    visitor.get("/wcc/messages")
    later = visitor.post("/wcc/messages/proof/received")
    assert later.status_code == 422
    assert "The proof cannot be made just now" in words_of(later)


def last_entry(cast: Cast) -> int:
    size = read_head(cast.db, "wcc").size
    cast.db.rollback()
    return size
