"""BES: call me, harm goes to the safeguarding lead directly, and nobody is too senior to name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios.conftest import Officers
from tests.scenarios.course import Team, close, decide, ids_on, investigate, prove_all
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of

OFFICERS: Officers = {
    "conduct": ("conduct", "Perpetua Ashgrove"),
    "lead": ("safeguarding", "Lucasta Merriweather"),
    "deputy": ("safeguarding", "Osbert Fennimore"),
    "chief": ("chief", "Hildebrand Overstrand"),
    "trustee": ("trustee", "Cordelia Wexcombe"),
    "outside": ("outside", "Ambrose Tattersall"),
}
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
HARM = {"serious_harm": "yes", "unsafe_to_tell": "no", "setting": "pair"}
A_GROUP = (
    MENTOR,
    ("Clementine Quill", "affected", "none"),
    ("Dorothea Rooke", "witness", "none"),
    ("Eustace Pennyfeather", "witness", "none"),
    ("Florian Gadsby", "witness", "none"),
)
"""With the reporter a peer group of six."""


@pytest.fixture
def bes(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The scheme of the British Ecological Society, with invented officers."""
    return open_scheme("bes", OFFICERS)


def test_somebody_asks_to_be_called_with_nothing_but_a_number_and_safe_times(bes: Scheme) -> None:
    told = bes.tell("call_me", name="", at_risk="not_sure", safe_times="Weekdays after six")
    assert not any("What happened" in heading for heading in told.asked)
    assert "The safeguarding lead" in told.check
    case = bes.newest()
    assert bes.seated(case) == {
        "handler": "lead",
        "alternate": "deputy",
        "safeguarding": "lead",
    }
    bes.attest("lead", case)
    assert "Please call me" in bes.see("lead", case, "concern")
    assert bes.is_hidden("chief", case)


def test_serious_harm_goes_to_the_safeguarding_lead_directly(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own=HARM)
    case = bes.newest()
    assert bes.seated(case)["handler"] == bes.seated(case)["safeguarding"] == "lead"
    assert case.urgent or case.at_risk
    bes.attest("lead", case)
    assert "Serious harm was mentioned" in bes.see("lead", case, "concern")


def test_not_sure_about_harm_counts_as_yes(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own={**HARM, "serious_harm": "not_sure"})
    assert bes.seated(bes.newest())["handler"] == "lead"


def test_without_harm_the_conduct_desk_takes_it_and_safeguarding_hears_nothing(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own={"serious_harm": "no", "setting": "pair"})
    case = bes.newest()
    assert bes.seated(case) == {"handler": "conduct", "alternate": "trustee"}
    assert bes.is_hidden("lead", case)


def test_a_peer_group_of_six_with_one_respondent(bes: Scheme) -> None:
    bes.tell("concern", people=A_GROUP, own={"serious_harm": "no", "setting": "group"})
    case = bes.newest()
    assert bes.parties(case) == [
        "Affected person A",
        "Respondent A",
        "Witness A",
        "Witness B",
        "Witness C",
    ]
    bes.acknowledge("conduct", case)
    assert "In a peer group" in bes.see("conduct", case, "concern")


def test_a_concern_about_the_chief_goes_past_everyone_who_reports_to_them(bes: Scheme) -> None:
    told = bes.tell(
        "concern",
        people=[("Hildebrand Overstrand", "respondent", "chief")],
        own={"serious_harm": "yes", "unsafe_to_tell": "no", "setting": "other"},
        at_risk="yes",
    )
    assert "The chief executive" in told.check
    case = bes.newest()
    assert bes.seated(case) == {
        "handler": "outside",
        "safeguarding": "outside",
    }
    for who in ("chief", "conduct", "lead", "deputy", "auditor", "administrator"):
        assert bes.is_hidden(who, case)


def test_a_chief_who_is_named_by_name_alone_is_asked_about(bes: Scheme) -> None:
    told = bes.tell(
        "concern",
        people=[("Hildebrand Overstrand", "respondent", "none")],
        own={"serious_harm": "no", "setting": "other"},
        match="not_sure",
    )
    assert any("chief executive" in heading for heading in told.asked)
    assert bes.seated(bes.newest()) == {"handler": "trustee", "alternate": "outside"}


def test_a_chief_whom_the_desk_adds_later_goes_past_everyone_who_reports_to_them(
    bes: Scheme,
) -> None:
    bes.tell("concern", people=[MENTOR], own={"serious_harm": "no", "setting": "pair"})
    case, name = bes.newest(), OFFICERS["chief"][1]
    bes.acknowledge("conduct", case)
    desk, sent = bes.desk("conduct"), {"name": name, "part": "respondent"}
    desk.get(f"/cases/{case.id}/people")
    asked = desk.post(f"/cases/{case.id}/parties", sent)
    assert f"Is {name} the Chief executive?" in words_of(asked)
    said = {**sent, "asked": name, "is_chief": "not_sure"}
    added = desk.post(f"/cases/{case.id}/parties", said)
    assert added.headers["Location"] == "/stepped-away"
    assert bes.seated(case) == {"handler": "trustee", "alternate": "outside"}
    for who in ("chief", "conduct", "lead", "deputy"):
        assert bes.is_hidden(who, case)
    bes.attest("trustee", case)
    assert name not in bes.see("trustee", case, "appointments/decision_maker")
    assert name in bes.see("trustee", case, "people")


def test_harm_overrides_confidence_on_record_and_the_reporter_is_told_first(bes: Scheme) -> None:
    told = bes.tell("concern", people=[MENTOR], own=HARM)
    case = bes.newest()
    bes.acknowledge("lead", case)
    bes.do("lead", case, "overrides", ground="harm", told="yes")
    assert "override.recorded" in bes.events(case)
    words = words_of(bes.mailbox(told.receipt).get("/bes/messages"))
    assert "Invented for this test." in words  # the lead has written to the reporter


def test_where_it_is_unsafe_to_tell_first_the_reason_is_asked_for(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own={**HARM, "unsafe_to_tell": "yes"})
    case = bes.newest()
    bes.acknowledge("lead", case)
    without = bes.attempt("lead", case, "overrides", ground="harm", told="no", why_not_told="")
    assert without.status_code == 422
    assert "why the person was not told" in words_of(without)
    bes.do("lead", case, "overrides", ground="harm", told="no", why_not_told="He reads her post.")


def test_only_the_safeguarding_lead_and_the_contact_outside_decide_on_harm(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own=HARM, outside="yes")
    case = bes.newest()
    bes.acknowledge("lead", case)
    bes.attest("deputy", case)
    page = bes.see("deputy", case, "overrides")
    assert "Somebody may be seriously harmed" in page
    bes.tell("concern", people=[MENTOR], own={**HARM, "serious_harm": "no"})
    other = bes.newest()
    bes.acknowledge("conduct", other)
    assert "Somebody may be seriously harmed" not in bes.see("conduct", other, "overrides")


def test_a_breach_goes_its_whole_way_from_the_form_to_the_closed_case(bes: Scheme) -> None:
    bes.tell("concern", people=[MENTOR], own={"serious_harm": "no", "setting": "pair"})
    case, team = bes.newest(), Team("conduct", "deputy", "chief", "trustee")
    bes.acknowledge("conduct", case)
    bes.attest("trustee", case)
    bes.triage("conduct", case, "formal")
    investigate(bes, case, team, {MENTOR[0]: "R1"})
    decide(bes, case, team, result_A="upheld", kind_0="retraining", hours_0="3")
    (hours,) = ids_on(bes, "conduct", case, "outcomes", "outcomes/ID/hours")
    bes.do("conduct", case, f"outcomes/{hours}/hours", hours="3", what="A course on respect")
    prove_all(bes, case, "conduct")
    close(bes, case, "conduct", "trustee", "upheld")
    assert bes.newest().state == "closed"
