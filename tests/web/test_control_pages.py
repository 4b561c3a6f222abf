"""The auditor tries the control tests, sees one with its exceptions, and takes those away."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from conductdesk.audit.record import read_head
from conductdesk.db import changed_rows
from conductdesk.people.actions.offices import end_office
from conductdesk.people.queries import offices_of
from conductdesk.review.controls.catalogue import CONTROLS
from tests.actions.closing_steps import closed
from tests.cast import Cast, add_bare_case, note_looked
from tests.conftest import Faces
from tests.log_reading import entry_at
from tests.web.desk_visitor import SITE, AtTheDesk, words_of


def test_all_tests_are_tried_when_asked_and_each_has_its_page(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    first = words_of(auditor.get("/review/controls"))
    assert "Not tried yet" in first
    assert [one.title for one in CONTROLS.values() if one.title not in first] == []
    assert (
        auditor.post("/review/controls", {"scheme": "wcc", "closed_to": "31/12/2099"}).status_code
        == 303
    )
    listed = auditor.get("/review/controls")
    assert "to 31/12/2099" in words_of(listed)
    assert "Not tried" not in words_of(listed)
    for key, control in CONTROLS.items():
        assert f"/review/controls/{key}?" in listed.text
        shown = auditor.get(f"/review/controls/{key}?scheme=wcc")
        assert shown.status_code == 200
        assert control.criterion in words_of(shown)
        assert "No exceptions" in words_of(shown)


def test_a_trial_of_many_cases_says_how_far_it_is_and_goes_on_by_itself(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(cast)
    monkeypatch.setattr("conductdesk.review.controls.trying.AT_ONCE", 2)
    for day in (1, 2, 2, 3):  # none of these has a retention class
        moment = datetime(2026, 3, day, tzinfo=UTC)
        note_looked(cast.db, add_bare_case(cast.db, "wcc", "closed", moment))
    changed_rows(cast.db).clear()  # no action made them, and no entry names them
    cast.db.commit()
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/controls")
    auditor.post("/review/controls", {"scheme": "wcc"})
    for done in (2, 4):
        shown = auditor.get("/review/controls")
        assert f"{done} of 5 cases are looked at" in words_of(shown)
        assert '<noscript><meta http-equiv="refresh" content="0; url=/review/controls/trial">' in (
            shown.text
        )
        part = auditor.client.get(
            "/review/controls/trial", base_url=SITE, headers={"HX-Request": "true"}
        )
    assert part.text.lstrip().startswith('<div id="trial"')
    assert "hx-get" not in part.text
    listed = auditor.get("/review/controls")
    assert "on all 5 closed cases" in words_of(listed)
    assert "http-equiv" not in listed.text
    assert auditor.get("/review/controls/trial").status_code == 303
    assert "Retention class set The case has a retention class of its code" in words_of(listed)
    for address in ("retention?scheme=wcc", "retention?scheme=wcc&closed_to=31/12/2099"):
        words = words_of(auditor.get(f"/review/controls/{address}"))  # by the trial, and anew
        assert "Tested 5 Passed 1 With exceptions 4" in words
        assert words.count("The case has no retention class of its code.") == 4


def test_an_exception_has_its_case_its_reason_and_a_name_that_does_not_leave_the_desk(
    cast: Cast, faces: Faces
) -> None:
    case = closed(cast)
    name, pseudonym = case.code_name, case.pseudonym
    chair, known_as = cast["chair"].account, cast.viewer("chair").pseudonym
    end_office(cast.db, offices_of(cast.db, chair)[0], actor="system")
    cast.db.commit()
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    shown = auditor.get("/review/controls/leavers?scheme=wcc")
    for words in (name, "Gave up the office, and still has the seat.", chair.name):
        assert words in words_of(shown)
    for how in ("csv", "json"):
        sent = auditor.post(f"/review/controls/leavers/exports/{how}?scheme=wcc")
        [row] = csv.DictReader(io.StringIO(sent.text)) if how == "csv" else json.loads(sent.text)
        assert (row["case"], row["pseudonym"], row["who"]) == (name, pseudonym, known_as)
        assert chair.name not in sent.text
    entry = entry_at(cast.db, "wcc", read_head(cast.db, "wcc").size - 1)
    assert entry is not None
    assert (entry.type, entry.pub["what"]) == ("population.exported", "control leavers")
    auditor.post("/review/controls", {"scheme": "wcc"})
    assert (
        '<strong class="govuk-tag govuk-tag--red">1</strong>'
        in auditor.get("/review/controls").text
    )


def test_what_is_no_test_no_day_or_no_scheme_is_refused(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review/controls")
    for address in ("nonsense", "leavers?scheme=bes", "leavers?closed_from=then"):
        assert auditor.get(f"/review/controls/{address}").status_code == 404
    for given in ({"scheme": "bes"}, {"scheme": "wcc", "closed_from": "then"}):
        assert auditor.post("/review/controls", given).status_code == 422
    assert auditor.post("/review/controls/leavers/exports/pdf").status_code == 404
