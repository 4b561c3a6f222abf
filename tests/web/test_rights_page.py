"""The page that a mentor can show their mentee, made from the pack of every scheme."""

from __future__ import annotations

import io
import re

import pytest
import segno
from sqlalchemy.orm import Session

from conductdesk.cases.packs import kernel_problems
from conductdesk.faces import public_face
from conductdesk.intake.rights import rights_of
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.reading import read_pack
from conductdesk.web.state import Services
from tests.unit.packs import changed, source_of, with_key
from tests.web.desk_visitor import words_of
from tests.web.visitor import Visitor

SCHEMES = ("bes", "brk", "cmn", "mm", "wcc")


@pytest.fixture
def public(db: Session, web_services: Services) -> Visitor:
    """A browser in front of an installation with all five schemes."""
    for scheme in SCHEMES:
        load_scheme(
            db,
            source_of(scheme),
            file_name=scheme,
            actor="system",
            host="conduct.example",
            kernel=kernel_problems,
        )
    db.commit()
    return Visitor(public_face(web_services))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_its_page_of_rights(public: Visitor, scheme: str) -> None:
    pack = read_pack(source_of(scheme), scheme)
    page = public.get(f"/{scheme}/rights")
    said = words_of(page)
    assert page.status_code == 200
    for words in (
        *pack.wording.rights,
        pack.name,
        pack.wording.limit,
        pack.wording.outside_route,
        f"A person writes to you {pack.clocks['acknowledge']}",
        f"You hear what came of it within {pack.clocks['feedback']}",
        f"has {pack.appeal.lodge} to say so",
        pack.office(pack.chain[0]).plain[1:],
        pack.office(pack.safeguarding[0]).plain[1:],
        f"https://localhost/{scheme}/rights",
    ):
        assert words in said, words
    assert all(line.number in said for line in pack.wording.help_lines)


def test_mentor_me_says_that_the_notes_are_the_mentees_and_when_they_come(public: Visitor) -> None:
    said = words_of(public.get("/mm/rights"))
    assert "The notes of your sessions are yours. You may ask for them at any time" in said
    assert "Your mentor gives you the notes of your sessions 10 working days" in said
    assert "You see what we hold about you 1 month" in said


def test_a_rule_of_its_own_is_said(public: Visitor) -> None:
    said = words_of(public.get("/brk/rights"))
    assert "is answered “yes, or not sure”" in said
    assert "The child-protection officer, then the programme manager, then a contact" in said


def test_the_picture_is_the_pages_own_address(public: Visitor) -> None:
    page = public.get("/mm/rights")
    assert 'src="/mm/rights.svg"' in page.text
    picture = public.get("/mm/rights.svg")
    assert picture.mimetype == "image/svg+xml"
    drawn = io.BytesIO()
    address = segno.make("https://localhost/mm/rights", error="m", micro=False)
    address.save(drawn, kind="svg", scale=5, light="#fff", dark="#000", nl=False)
    assert picture.data == drawn.getvalue()


def test_the_first_page_and_the_foot_of_each_page_lead_to_it(public: Visitor) -> None:
    for place in ("/mm/", "/mm/privacy"):
        links = re.findall(r'href="(/mm/rights)"', public.get(place).text)
        assert len(links) == (2 if place == "/mm/" else 1)


def test_there_is_none_for_a_scheme_that_there_is_not(public: Visitor) -> None:
    assert public.get("/nowhere/rights").status_code == 404
    assert public.get("/nowhere/rights.svg").status_code == 404


def test_it_sets_no_cookie_and_says_nothing_that_the_procedure_does_not_have(
    public: Visitor,
) -> None:
    assert "Set-Cookie" not in public.get("/mm/rights").headers
    panel = '[decision]\nby = "panel"\nmembers = 3\nmajority = "2/3"\n\n[clocks]'
    pack = read_pack(
        changed(
            with_key('left_out = ["settle_informally", "appeal", "follow_up"]'),
            ("[clocks]", panel),
            ("[wording]", '[wording]\nno_anonymous = "We cannot take a concern without a name."'),
        ),
        "wcc",
    )
    rights = rights_of(pack)
    said = " ".join((*rights.always, *rights.steps))
    assert "a panel of 3 others decides" in said
    assert "need not say why" not in said
    for words in ("settled by talking", "look again", "Later we ask", "do not have to give"):
        assert words not in said, words


def test_a_fair_hearing_speaks_of_an_appeal_only_where_there_is_one(
    db: Session, public: Visitor
) -> None:
    assert "to ask other people to look again" in words_of(public.get("/mm/fair-hearing"))
    without = changed(
        (
            'key = "mm"\nversion = 1',
            'key = "mm"\nversion = 2\nleft_out = ["appeal", "conclude_appeal", "remit"]',
        ),
        source=source_of("mm"),
    )
    load_scheme(
        db, without, file_name="mm", actor="system", host="conduct.example", kernel=kernel_problems
    )
    db.commit()
    assert "look again" not in words_of(public.get("/mm/fair-hearing"))


def test_a_pack_without_words_on_rights_says_what_its_form_offers() -> None:
    source = re.sub(r"(?s)rights = \[.*?\n\]\n", "", source_of("mm"))
    said = " ".join(rights_of(read_pack(source, "mm")).always)
    assert "You may ask for the notes of your sessions. They are yours." in said
    assert "You may end the mentoring, and need not say why." in said
