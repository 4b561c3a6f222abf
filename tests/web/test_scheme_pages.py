"""The administrator's pages about schemes: a pack is loaded, read in plain words, put in force."""

from __future__ import annotations

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.audit.models import LogEntry
from conductdesk.cases.queries import pack_of
from conductdesk.schemes.queries import pack_in_force
from tests.cast import Cast
from tests.conftest import Faces
from tests.unit.packs import changed, source_of
from tests.web.desk_visitor import SITE, AtTheDesk, words_of

NEXT = ("\nversion = 1\n", "\nversion = 2\n")
FASTER = ('acknowledge = "7 days"', 'acknowledge = "3 days"')


@pytest.fixture
def desk(cast: Cast, faces: Faces) -> AtTheDesk:
    visitor = AtTheDesk(faces.desk, cast, "administrator")
    visitor.get("/schemes/pack")
    return visitor


def choose(desk: AtTheDesk, source: str | bytes, name: str = "wcc.toml") -> TestResponse:
    data = source if isinstance(source, bytes) else source.encode()
    return desk.post("/schemes/pack", {"file": (io.BytesIO(data), name)})


def activate(desk: AtTheDesk) -> TestResponse:
    return desk.post("/schemes/pack/activation", {"seen": seen(desk.get("/schemes/pack"))})


def seen(page: TestResponse) -> str:
    return page.text.partition('name="seen" value="')[2].partition('"')[0]


def entries(cast: Cast, log_id: str) -> list[dict[str, object]]:
    cast.db.expire_all()
    rows = select(LogEntry).where(LogEntry.log_id == log_id).order_by(LogEntry.idx)
    return [json.loads(row.entry) for row in cast.db.scalars(rows)]


def test_all_mistakes_are_shown_in_place_and_nothing_changes(cast: Cast, desk: AtTheDesk) -> None:
    bad = changed(
        NEXT,
        ('chain = ["liaison"', 'chain = ["liason"'),
        ('feedback = "3 months"', 'feedback = "4 months"'),
    )
    shown = choose(desk, bad)
    said = words_of(shown)
    assert shown.status_code == 422
    assert "2 mistakes in wcc.toml" in said
    assert "routing.chain Names the office “liason”" in said
    assert "clocks.feedback 4 months is too long. Write 3 months or less." in said
    assert "Activate" not in said
    assert "2 mistakes in wcc.toml" in words_of(desk.get("/schemes/pack"))
    assert desk.post("/schemes/pack/activation", {"seen": "x"}).status_code == 422
    found = pack_in_force(cast.db, "wcc")
    assert found is not None
    assert found.version == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00", "not a text file in UTF-8"),
        (b"", "file is empty"),
        (b"# " + b"x" * 250_000, "larger than 200 KB"),
    ],
)
def test_what_is_no_pack_is_refused_in_words(desk: AtTheDesk, data: bytes, words: str) -> None:
    shown = choose(desk, data)
    assert shown.status_code == 422
    assert words in words_of(shown)
    assert "There is a problem" in words_of(shown)


def test_without_a_file_the_page_asks_for_one(desk: AtTheDesk) -> None:
    assert "Choose the file of a scheme pack" in words_of(desk.post("/schemes/pack"))
    assert "Choose a file first" in words_of(desk.post("/schemes/pack/activation", {"seen": "x"}))


def test_the_preview_says_what_the_pack_says_and_what_changes(desk: AtTheDesk) -> None:
    assert choose(desk, changed(NEXT, FASTER)).headers["Location"] == "/schemes/pack"
    page = desk.get("/schemes/pack")
    said = words_of(page)
    assert "WCC UK mentoring, WCC UK, version 2" in said
    assert "A person writes to the reporter: “7 days” becomes “3 days”." in said
    assert "Cases that are running stay on the version under which they began" in said
    for words in (
        "Who receives what",
        "Mentoring Liaison Officer, held by: Isolde Brackenthwaite. Is in charge.",
        "The respondent answers 10 working days Allowed: 10 working days or more",
        "A breach was found Kept for: 6 years",
        "Needs: an upheld finding",
        "Activate version 2",
    ):
        assert words in said, words
    assert page.text.count('<svg class="cd-lanes__') == 2
    assert " style=" not in page.text


def test_a_pack_with_the_same_version_cannot_be_put_in_force(desk: AtTheDesk) -> None:
    choose(desk, changed(FASTER))
    page = desk.get("/schemes/pack")
    assert "Give this pack a higher number: version = 2." in words_of(page)
    assert "Activate version" not in page.text
    digest = hashlib.sha256(changed(FASTER).encode()).hexdigest()
    refused = desk.post("/schemes/pack/activation", {"seen": digest})
    assert refused.status_code == 422
    assert "Version 1 of wcc is in force. Give the new pack a higher one." in words_of(refused)


def test_activation_puts_it_in_force_and_leaves_one_entry_on_the_log_of_the_scheme(
    cast: Cast, desk: AtTheDesk
) -> None:
    before = len(entries(cast, "wcc"))
    choose(desk, changed(NEXT, FASTER))
    done = activate(desk)
    assert done.headers["Location"] == "/schemes/wcc?done=activated"
    assert "Version 2, in force" in words_of(desk.get("/schemes/wcc"))
    left = entries(cast, "wcc")[before:]
    assert [(entry["type"], entry["pub"]) for entry in left] == [("scheme.loaded", {"version": 2})]
    assert left[0]["actor"] == cast["administrator"].account.pseudonym
    assert "Show what is in it" in words_of(desk.get("/schemes/pack"))
    assert "wcc.toml" not in words_of(desk.get("/schemes/pack"))


def test_a_file_that_was_chosen_meanwhile_is_looked_at_first(desk: AtTheDesk) -> None:
    choose(desk, changed(NEXT, FASTER))
    digest = seen(desk.get("/schemes/pack"))
    choose(desk, changed(NEXT))
    refused = desk.post("/schemes/pack/activation", {"seen": digest})
    assert refused.status_code == 422
    assert "Another file was chosen meanwhile" in words_of(refused)


def test_a_file_can_be_forgotten(desk: AtTheDesk) -> None:
    choose(desk, changed(NEXT))
    assert desk.post("/schemes/pack/removal").headers["Location"] == "/schemes/pack"
    assert "Activate" not in words_of(desk.get("/schemes/pack"))


def test_a_chosen_file_lies_sealed_in_the_session(cast: Cast, desk: AtTheDesk) -> None:
    choose(desk, changed(NEXT, ('name = "WCC UK mentoring"', 'name = "Quillfeather mentoring"')))
    assert "Quillfeather" in words_of(desk.get("/schemes/pack"))
    raw = cast.db.connection().exec_driver_sql("SELECT sealed FROM web_session").scalars().all()
    assert raw
    assert not any(b"Quillfeather" in bytes(sealed) for sealed in raw)


def both_activate(cast: Cast, faces: Faces, source: str) -> list[TestResponse]:
    """Let two browsers choose the same file, and put it in force at the same time."""
    browsers = [AtTheDesk(faces.desk, cast, "administrator")]
    with clock.at(clock.now() + timedelta(minutes=2)):
        browsers.append(AtTheDesk(faces.desk, cast, "administrator"))
    for browser in browsers:
        browser.get("/schemes/pack")
        choose(browser, source)
        digest = seen(browser.get("/schemes/pack"))

    def send(browser: AtTheDesk) -> TestResponse:
        form = {"csrf_token": browser.token, "seen": digest}
        return browser.client.post("/schemes/pack/activation", data=form, base_url=SITE)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, browsers))


def test_of_two_who_activate_the_same_version_the_second_is_told(
    cast: Cast, faces: Faces, any_database: object
) -> None:
    answers = both_activate(cast, faces, changed(NEXT, FASTER))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    lost = next(answer for answer in answers if answer.status_code == 422)
    assert "Version 2 of wcc is in force" in words_of(lost)
    assert [entry["type"] for entry in entries(cast, "wcc")].count("scheme.loaded") == 2


def test_of_two_who_load_one_new_scheme_the_second_is_told(
    cast: Cast, faces: Faces, any_database: object
) -> None:
    answers = both_activate(cast, faces, source_of("mm"))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert [entry["type"] for entry in entries(cast, "mm")] == ["scheme.loaded"]


def test_a_new_scheme_gets_a_log_and_says_which_offices_are_empty(
    cast: Cast, desk: AtTheDesk
) -> None:
    choose(desk, source_of("cmn"), "cmn.toml")
    said = words_of(desk.get("/schemes/pack"))
    assert "The scheme is new" in said
    assert "Nobody holds the office HR partner, Harbour Aid (invented). Give it" in said
    place = activate(desk).headers["Location"]
    assert place == "/schemes/cmn?done=activated"
    shown = words_of(desk.get("/schemes/cmn"))
    assert "invite somebody, let them set up their account, then give them the office" in shown
    assert "Nobody can hear an appeal. Fill one of: Network coordinator, Outside contact." in shown
    assert [entry["type"] for entry in entries(cast, "cmn")] == ["scheme.loaded"]
    assert "Charity mentoring" in words_of(desk.get("/schemes"))


def test_nobody_else_finds_the_pages(cast: Cast, faces: Faces) -> None:
    for who in ("liaison", "auditor", "outsider"):
        browser = AtTheDesk(faces.desk, cast, who)
        browser.get("/account")
        for place in ("/schemes/pack", "/schemes/wcc"):
            assert browser.get(place).status_code == 404
        for place in ("/schemes/pack", "/schemes/pack/removal", "/schemes/pack/activation"):
            assert browser.post(place, {"seen": "x"}).status_code == 404
    cast.db.commit()


def test_there_is_no_page_of_a_scheme_that_there_is_not(desk: AtTheDesk) -> None:
    assert desk.get("/schemes/nowhere").status_code == 404


def test_running_cases_stay_on_their_version(cast: Cast, desk: AtTheDesk) -> None:
    case = cast.attested()
    choose(desk, changed(NEXT, FASTER))
    activate(desk)
    cast.db.expire_all()
    assert pack_of(cast.db, case).version == 1
