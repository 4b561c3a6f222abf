"""CMN's register: each HR partner keeps the people of their own organisation, and sees no others."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.scenarios.conftest import Officers
from tests.scenarios.scheme import Scheme
from tests.scenarios.test_cmn import OFFICERS, at_fernhill
from tests.web.desk_visitor import AtTheDesk, words_of

HOME = "/participants/cmn"
HEADINGS = "ref,name,role,organisation"
OWN, OTHER = "Barnaby Thistlewood", "Clementine Quill"
PEOPLE = f"{HEADINGS}\nF-1,{OWN},mentor,fernhill\nH-1,{OTHER},mentee,harbour\n"
SHE = {"name": "Dorothea Rooke", "role": "mentee", "ref": "F-2", "email": "", "age": "adult"}


@pytest.fixture
def cmn(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The network, whose coordinator has begun the register with somebody of two employers."""
    scheme = open_scheme("cmn", OFFICERS)
    coordinator = scheme.desk("network")
    coordinator.get(f"{HOME}/register")
    coordinator.post(f"{HOME}/register")
    coordinator.post(upload(coordinator, PEOPLE).headers["Location"])
    return scheme


def upload(officer: AtTheDesk, text: str) -> TestResponse:
    """Send a file."""
    officer.get(f"{HOME}/imports/new")
    return officer.post(f"{HOME}/imports", {"file": (io.BytesIO(text.encode()), "people.csv")})


def pages_of(officer: AtTheDesk) -> dict[str, str]:
    """Return the address of everybody whom an officer finds in the list, by name."""
    links = re.findall(
        r'href="(?:/desk)?(/participants/cmn/people/[0-9a-f-]{36})"[^>]*>([^<]+)',
        officer.get(HOME).text,
    )
    return {name.strip(): page for page, name in links}


def test_an_hr_partner_sees_and_changes_their_own_people_alone(cmn: Scheme) -> None:
    hr, coordinator = cmn.desk("fernhill"), cmn.desk("network")
    everybody = pages_of(coordinator)
    assert set(everybody) == {OWN, OTHER}
    assert set(pages_of(hr)) == {OWN}
    assert "1 person" in words_of(hr.get(HOME))
    for text in ("clementine", "H-1"):
        assert OTHER not in hr.post(f"{HOME}/search", {"text": text}).text
    theirs = everybody[OTHER]
    for page in ("", "/details", "/ties/new", "/removal"):
        assert hr.get(theirs + page).status_code == 404
    hr.get(HOME)
    moved = {**SHE, "ref": "H-1", "organisation": "fernhill"}
    for page, typed in (("/details", moved), ("/removal", {})):
        assert hr.post(theirs + page, typed).status_code in (404, 422)
    assert OTHER in words_of(coordinator.get(theirs))


def test_no_public_page_tells_that_the_register_disagrees_about_the_organisation(
    cmn: Scheme,
) -> None:
    seen = []
    for name, reader in (("Zebedee Whistlewood", "harbour"), (OWN, "network")):
        said = {"people": [(name, "respondent", "none")], "organisation": "harbour"}
        told = cmn.tell("concern", own={"policy": "no"}, **said)
        assert cmn.seated(cmn.newest())["handler"] == reader  # the register did its work
        mailbox = words_of(cmn.mailbox(told.receipt).get("/cmn/messages"))
        checked = " ".join(re.sub(r"<[^>]+>", " ", told.check).split())
        seen.append((told.asked, checked.replace(name, "NAME"), mailbox.replace(name, "NAME")))
    assert "HR partner of the mentor" in seen[0][2]
    assert seen[0] == seen[1]


def test_an_hr_partner_adds_and_imports_people_of_their_own_organisation(cmn: Scheme) -> None:
    hr = cmn.desk("fernhill")
    form = hr.get(f"{HOME}/people/new").text
    assert 'value="fernhill"' in form
    assert 'value="harbour"' not in form
    for organisation in ("harbour", ""):
        assert hr.post(f"{HOME}/people", {**SHE, "organisation": organisation}).status_code == 422
    assert hr.post(f"{HOME}/people", {**SHE, "organisation": "fernhill"}).status_code == 303
    wrong = f"{HEADINGS}\nF-3,Ottoline Voss,mentor,harbour\nH-1,Ottoline Voss,mentor,fernhill\n"
    place = upload(hr, wrong).headers["Location"]
    shown = words_of(hr.get(place))
    assert "This is not your organisation. Write fernhill" in shown
    assert "Somebody else has this reference." in shown
    assert OTHER not in shown
    assert hr.post(place).status_code == 422
    right = f"{HEADINGS}\nF-3,Ottoline Voss,mentor,fernhill\n"
    assert hr.post(upload(hr, right).headers["Location"]).status_code == 303
    assert set(pages_of(hr)) == {OWN, SHE["name"], "Ottoline Voss"}
    groups = upload(hr, "group,kind,ref,from,to\nP-1,pairing,F-1,,\nP-1,pairing,F-2,,\n")
    assert groups.status_code == 422
    assert "Ask an officer of the whole scheme" in words_of(groups)


def test_whoever_is_paired_with_somebody_of_another_organisation_stays_without_their_name(
    cmn: Scheme,
) -> None:
    hr, coordinator = cmn.desk("fernhill"), cmn.desk("network")
    coordinator.get(f"{HOME}/groups/new")
    pair = {"kind": "pairing", "members": "F-1\nH-1", "ref": ""}
    made = coordinator.post(f"{HOME}/groups", pair).headers["Location"]
    assert OTHER in words_of(coordinator.get(made))
    for page in (made, f"{HOME}/groups", pages_of(hr)[OWN]):
        shown = words_of(hr.get(page))
        assert "Somebody of another organisation" in shown
        assert OTHER not in shown
    ended = hr.post(f"{made}/ending", {"last": ["27", "3", "2026"]})
    assert ended.status_code == 422
    assert "somebody of another organisation" in words_of(ended)
    assert cmn.desk("larkfield").get(made).status_code == 404
    assert "pairing of" in words_of(coordinator.get(f"{HOME}/history"))
    assert OTHER not in words_of(hr.get(f"{HOME}/history"))


def test_an_hr_partner_does_not_learn_the_age_of_somebody_elses_people(cmn: Scheme) -> None:
    children = (
        "F-2,Florian Gadsby,mentee,fernhill,under 18\nH-2,Eustace Rooke,mentee,harbour,under 18\n"
    )
    coordinator = cmn.desk("network")
    sent = upload(coordinator, f"{HEADINGS},age_band\n{children}")
    coordinator.post(sent.headers["Location"])
    hr = cmn.desk("fernhill")
    said = []
    for name in ("Eustace Rooke", "Florian Gadsby"):
        case = at_fernhill(cmn)
        hr.get(f"/cases/{case.id}/people")
        added = hr.post(f"/cases/{case.id}/parties", {"name": name, "part": "affected"})
        assert added.headers["Location"].endswith(f"/cases/{case.id}/people")
        assert cmn.seated(case)["safeguarding"] == "lead"
        said.append("under 18" in words_of(hr.get(f"/cases/{case.id}/history")))
    assert said == [False, True]
