"""The auditor takes the list of closed cases away, draws a sample, and draws it again."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from conductdesk.audit.record import read_head
from conductdesk.people.actions.offices import appoint_auditor
from tests.actions.closing_steps import closed
from tests.cast import Cast, a_concern
from tests.conftest import Faces
from tests.log_reading import entry_at
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.second_scheme import KEY, second_scheme

ACCOUNT = "zinnwaldite"
NAMES = ("Marigold", "Ashdown", "Barnaby", "Thistlewood", "Isolde", "Brackenthwaite", ACCOUNT)
"""The reporter, the person named, the handler, and a word of the concern."""
DRAW = {"scheme": "wcc", "method": "random", "size": "5", "words": "a public number"}


def last_entry(cast: Cast) -> tuple[str, dict[str, Any]]:
    entry = entry_at(cast.db, "wcc", read_head(cast.db, "wcc").size - 1)
    cast.db.commit()
    assert entry is not None
    return entry.type, dict(entry.pub)


@pytest.mark.parametrize("how", ["csv", "json"])
def test_the_list_leaves_with_a_purpose_and_without_a_name(
    cast: Cast, faces: Faces, how: str
) -> None:
    case = closed(cast, a_concern(account=f"He shouted {ACCOUNT}."))
    name, pseudonym, handler = case.code_name, case.pseudonym, cast.viewer("liaison").pseudonym
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert "1 closed case of WCC" in words_of(auditor.get("/review/exports/new?route=advice"))
    sent = auditor.post("/review/exports", {"purpose": "report", "how": how})
    assert [one for one in NAMES if one in sent.text] == []
    [row] = csv.DictReader(io.StringIO(sent.text)) if how == "csv" else json.loads(sent.text)
    told = {key: row[key] for key in ("case", "pseudonym", "handler", "handler_office")}
    assert list(told.values()) == [name, pseudonym, handler, "liaison"]
    kind, pub = last_entry(cast)
    assert kind == "population.exported"
    assert (pub["cases"], pub["purpose"], pub["format"]) == (1, "report", how)


def test_no_list_leaves_without_a_purpose(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    before = last_entry(cast)
    for given in ({}, {"purpose": "curiosity", "how": "csv"}, {"purpose": "report", "how": "xls"}):
        refused = auditor.post("/review/exports", given)
        assert refused.status_code == 422
        assert "There is a problem" in words_of(refused)
    assert last_entry(cast) == before


def test_the_list_is_narrowed_by_what_the_cases_are(cast: Cast, faces: Faces) -> None:
    name, handler = closed(cast).code_name, cast.viewer("liaison").pseudonym
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    fits = ("kind=concern", "route=advice", f"handler={handler}", "outcome=nonsense", "mark=x")
    for query in fits:
        assert name in auditor.get(f"/review?{query}").text, query
    for mark in ("removal", "safeguarding", "reopened", "late", "same_two"):
        assert name not in auditor.get(f"/review?mark={mark}").text, mark
    for query in ("kind=repairing", "route=formal", "outcome=removal"):
        assert name not in auditor.get(f"/review?{query}").text, query


def test_a_sample_is_drawn_and_taken_away_to_draw_it_again(cast: Cast, faces: Faces) -> None:
    case = closed(cast, a_concern(account=f"He shouted {ACCOUNT}."))
    name, pseudonym = case.code_name, case.pseudonym
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert "Nobody has drawn a sample yet" in words_of(auditor.get("/review/samples"))
    made = auditor.post("/review/samples", DRAW)
    assert made.status_code == 303
    here = made.headers["Location"]
    shown = auditor.get(here)
    assert name in shown.text
    assert "from hashlib import sha256" in shown.text
    drawn = json.loads(auditor.post(f"{here}/exports/json").text)
    assert drawn["cases"] == [pseudonym]
    assert last_entry(cast)[1]["what"] == "sample 1"
    assert auditor.post(f"{here}/exports/csv").text.splitlines()[1].startswith(f"1,{name},")
    assert auditor.post(f"{here}/draw").status_code == 422
    auditor.post("/review/samples", DRAW)
    listed = words_of(auditor.get("/review/samples"))
    assert "Draw 1" in listed
    assert "Draw 2" in listed


def test_a_draw_that_cannot_be_made_says_so_in_place(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/samples")
    wrong = (
        {"size": "0"},
        {"size": "x"},
        {"method": "luck"},
        {"words": "\N{SNOWMAN}"},
        {"scheme": "bes"},
    )
    for given in ({"method": "risk"}, {"closed_from": "1/1/2099"}, {"closed_to": "then"}, *wrong):
        refused = auditor.post("/review/samples", {**DRAW, **given})
        assert refused.status_code == 422, given
        assert "There is a problem" in words_of(refused)
    assert "Nobody has drawn a sample yet" in words_of(auditor.get("/review/samples"))


def test_another_auditor_sees_that_a_draw_was_made_and_not_its_cases(
    cast: Cast, faces: Faces
) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/samples")
    here = auditor.post("/review/samples", DRAW).headers["Location"]
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    other = AtTheDesk(faces.desk, cast, "outsider")
    listed = other.get("/review/samples")
    assert "Draw 1" in words_of(listed)
    assert here not in listed.text
    for method, address in (
        ("get", here),
        ("post", f"{here}/exports/json"),
        ("post", f"{here}/draw"),
    ):
        assert getattr(other, method)(address).status_code == 404


def test_a_draw_in_each_scheme_passes_over_those_without_a_closed_case(
    cast: Cast, faces: Faces
) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    second_scheme(cast)
    appoint_auditor(cast.db, cast["auditor"].account, scheme=KEY, actor="system")
    cast.db.commit()
    form = auditor.get("/review/samples").text
    assert "Each scheme, as many cases from every one" in form
    made = auditor.post("/review/samples", {**DRAW, "scheme": ""})
    assert "Draw 1" in words_of(auditor.get(made.headers["Location"]))
    assert "1 closed case of WCC" in words_of(auditor.get("/review/exports/new"))
    assert (
        auditor.post("/review/samples", {**DRAW, "scheme": "", "method": "risk"}).status_code == 422
    )
