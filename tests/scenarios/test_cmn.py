"""CMN: many employers, each with its HR partner; consent in four parts; an employer's own policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductdesk.cases.models import Case
from tests.scenarios.conftest import Officers
from tests.scenarios.course import (
    Team,
    clock_of,
    close,
    decide,
    ids_in,
    ids_on,
    in_days,
    investigate,
    prove_all,
    tell_everybody,
)
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of

OFFICERS: Officers = {
    "fernhill": ("hr/fernhill", "Perpetua Ashgrove"),
    "harbour": ("hr/harbour", "Hildebrand Overstrand"),
    "larkfield": ("hr/larkfield", "Cordelia Wexcombe"),
    "network": ("network", "Ottoline Harkaway"),
    "head": ("lead", "Peregrine Stobart"),
    "lead": ("safeguarding", "Lucasta Merriweather"),
    "deputy": ("safeguarding", "Osbert Fennimore"),
    "outside": ("outside", "Ambrose Tattersall"),
}
TEAM = Team("fernhill", "network", "head", "outside")
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
PARTNER = ("Barnaby Thistlewood", "partner", "none")
NOTHING_BROKEN = {"policy": "no"}
SHARED = {
    "policy": "no",
    "share_as": "nameless",
    "share_with": "The people team at Fernhill",
    "share_how": "In a letter",
    "share_when": "After our next meeting",
}
ELSEWHERE = ("harbour", "larkfield")


@pytest.fixture
def cmn(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The Charity Mentoring Network with three employers, and invented officers."""
    return open_scheme("cmn", OFFICERS)


def at_fernhill(cmn: Scheme, own: dict[str, str] = NOTHING_BROKEN, **said: str) -> Case:
    """Return a concern about a mentor of Fernhill that its HR partner has answered."""
    cmn.tell("concern", people=[MENTOR], organisation="fernhill", own=own, **said)
    case = cmn.newest()
    cmn.acknowledge("fernhill", case)
    return case


@pytest.mark.parametrize("employer", ["fernhill", "harbour", "larkfield"])
def test_a_concern_goes_to_the_hr_partner_of_the_mentors_own_employer(
    cmn: Scheme, employer: str
) -> None:
    cmn.tell("concern", people=[MENTOR], organisation=employer, own=NOTHING_BROKEN)
    case = cmn.newest()
    assert cmn.seated(case) == {"handler": employer, "alternate": "network"}
    for other in {"fernhill", "harbour", "larkfield"} - {employer}:
        assert cmn.is_hidden(other, case)


def test_where_the_employer_is_not_known_the_network_coordinator_receives(cmn: Scheme) -> None:
    cmn.tell("concern", people=[MENTOR], organisation="", own=NOTHING_BROKEN)
    case = cmn.newest()
    assert cmn.seated(case) == {"handler": "network", "alternate": "outside"}
    for employer in ("fernhill", *ELSEWHERE):
        assert cmn.is_hidden(employer, case)


def test_the_network_sets_the_organisation_and_the_case_moves_to_its_hr_partner(
    cmn: Scheme,
) -> None:
    told = cmn.tell("concern", people=[MENTOR], organisation="harbour", own=NOTHING_BROKEN)
    case = cmn.newest()
    cmn.acknowledge("harbour", case)
    assert "Set the organisation" not in cmn.see("harbour", case, "people")
    assert cmn.desk("harbour").get(f"/cases/{case.id}/organisation").status_code == 422
    cmn.attest("network", case)
    assert "Harbour Aid (invented). Set the organisation" in cmn.see("network", case, "people")
    page = "organisation"
    missing = cmn.attempt("network", case, page, organisation="fernhill", reason="")
    assert "Say how you know which organisation it is" in words_of(missing)
    cmn.do("network", case, page, organisation="fernhill", reason="The mentor wrote so.")
    assert cmn.seated(case) == {"handler": "fernhill", "alternate": "network"}
    assert cmn.is_hidden("harbour", case)
    assert "Set the organisation" in cmn.see("network", case, "people")
    assert "Organisation set" in cmn.see("network", case, "history")
    cmn.attest("fernhill", case)
    cmn.triage("fernhill", case, "advice")
    assert "HR partner" in words_of(cmn.mailbox(told.receipt).get("/cmn/messages"))


def test_nobody_at_the_mentees_employer_is_brought_in_later_either(cmn: Scheme) -> None:
    case = at_fernhill(cmn)
    cmn.triage("fernhill", case, "formal")
    for capacity in ("investigator", "second"):
        offered = cmn.see("fernhill", case, f"appointments/{capacity}")
        for other in ELSEWHERE:
            assert OFFICERS[other][1] not in offered, capacity
    forged = {"account_id": str(cmn.cast["harbour"].id)}
    sent = cmn.desk("fernhill").post(f"/cases/{case.id}/appointments/investigator", forged)
    assert sent.status_code == 422
    assert cmn.is_hidden("harbour", case)


def test_consent_is_given_as_whom_with_whom_how_and_when_and_taken_back(cmn: Scheme) -> None:
    sharing = "That it was about my pay."
    told = cmn.tell(
        "concern", people=[MENTOR], organisation="fernhill", own=SHARED, sharing=sharing
    )
    case = cmn.newest()
    cmn.acknowledge("fernhill", case)
    for page in ("consents", "concern"):
        shown = cmn.see("fernhill", case, page)
        for words in (
            f"What: {sharing}",
            "As whom: Without my name",
            "With whom: The people team at Fernhill",
            "How: In a letter",
            "When: After our next meeting",
        ):
            assert words in shown
    mailbox = cmn.mailbox(told.receipt)
    assert "/cmn/messages/consents" in mailbox.get("/cmn/messages").text
    seen = mailbox.get("/cmn/messages/consents")
    assert "With whom: The people team at Fernhill" in words_of(seen)
    consent = ids_in(seen.text)[0]
    assert mailbox.post(f"/cmn/messages/consents/{consent}/end").status_code == 303
    assert "You took it back on" in words_of(mailbox.get("/cmn/messages/consents"))
    assert "Taken back on" in cmn.see("fernhill", case, "consents")
    assert "has not agreed to anything" in cmn.see("fernhill", case, "concern")
    again = mailbox.post(f"/cmn/messages/consents/{consent}/end")
    assert again.status_code == 422
    assert "taken back already" in words_of(again)


def test_whoever_shares_nothing_is_not_asked_how(cmn: Scheme) -> None:
    told = cmn.tell("concern", people=[MENTOR], organisation="fernhill", own=NOTHING_BROKEN)
    assert not any("may we share it" in heading for heading in told.asked)


def test_an_officer_notes_all_four_parts_of_a_consent_and_that_it_was_taken_back(
    cmn: Scheme,
) -> None:
    case = at_fernhill(cmn)
    missing = cmn.attempt("fernhill", case, "consents", when="")
    assert missing.status_code == 422
    assert "Say when it may be shared" in words_of(missing)
    cmn.do("fernhill", case, "consents", with_whom="The mentor's manager")
    assert "With whom: The mentor's manager" in cmn.see("fernhill", case, "consents")
    consent = ids_on(cmn, "fernhill", case, "consents", "consents/ID/end")[0]
    cmn.do("fernhill", case, "consents", f"/{consent}/end")
    assert "Taken back on" in cmn.see("fernhill", case, "consents")
    assert cmn.events(case)[-2:] == ["consent.noted", "consent.withdrawn"]


def test_a_breach_of_the_employers_policy_leaves_as_a_referral_tracked_to_its_answer(
    cmn: Scheme,
) -> None:
    case = at_fernhill(cmn, {"policy": "yes"})
    assert "Was a rule of the mentor" in cmn.see("fernhill", case, "concern")
    cmn.do("fernhill", case, "overrides", ground="policy", told="yes")
    cmn.triage("fernhill", case, "referral")
    cmn.do("fernhill", case, "outcomes", "/beginning")
    cmn.do("fernhill", case, "referrals", agency="Fernhill, under its own procedure")
    assert "referral without an answer" in cmn.see("fernhill", case, "closing")
    waiting = cmn.see("fernhill", case, "steps")
    assert "Referred to: Fernhill, under its own procedure" in waiting
    referral = ids_on(cmn, "fernhill", case, "steps", "referrals/ID/answer")[0]
    cmn.do("fernhill", case, f"referrals/{referral}/answer", words="They gave a warning.")
    answered = cmn.see("fernhill", case, "steps")
    for words in ("Answered", "They gave a warning.", "Told beforehand"):
        assert words in answered
    assert "referral without an answer" not in cmn.see("fernhill", case, "closing")
    cmn.attest("network", case)
    close(cmn, case, "fernhill", "network", "minor")


@pytest.mark.parametrize("kind", ["pause", "ending"])
def test_a_mentoring_is_paused_postponed_or_stopped_and_both_are_told(
    cmn: Scheme, kind: str
) -> None:
    told = cmn.tell(kind, people=[PARTNER], organisation="fernhill")
    assert not any("What happened" in heading for heading in told.asked)
    case = cmn.newest()
    cmn.attest("network", case)
    cmn.acknowledge("fernhill", case)
    cmn.triage("fernhill", case, "request")
    cmn.do("fernhill", case, "outcomes", "/beginning")
    assert "Not told yet: Barnaby Thistlewood" in cmn.see("fernhill", case, "outcomes")
    assert tell_everybody(cmn, case, "fernhill") == 1
    prove_all(cmn, case, "fernhill")
    assert clock_of(cmn, case, kind).met_at is not None
    cmn.do("fernhill", case, "closing/feedback", text="It is so from today. Write to us to go on.")
    close(cmn, case, "fernhill", "network", "request")
    mailbox = words_of(cmn.mailbox(told.receipt).get("/cmn/messages"))
    assert "This is finished" in mailbox
    assert "Write to us to go on." in mailbox
    assert cmn.parties(case) == ["Partner A"]


def test_a_mentor_is_ended_from_formal_mentoring_in_every_organisation(cmn: Scheme) -> None:
    case = at_fernhill(cmn)
    cmn.attest("network", case)
    cmn.triage("fernhill", case, "formal")
    investigate(cmn, case, TEAM, {MENTOR[0]: "C3"})
    decide(cmn, case, TEAM, result_A="upheld", kind_0="termination")
    shown = cmn.see("fernhill", case, "outcomes")
    assert "End of formal mentoring, in every organisation of the network" in shown
    assert not ids_on(cmn, "fernhill", case, "outcomes", "outcomes/ID/organisations")
    with in_days(cmn, 30):
        register(cmn, MENTOR[0])
        outcome = ids_on(cmn, "fernhill", case, "outcomes", "outcomes/ID/organisations")[0]
        cmn.do("fernhill", case, f"outcomes/{outcome}/organisations")
        waiting = "Told, not confirmed yet: Fernhill Trust (invented), Harbour Aid (invented), La"
        assert waiting in cmn.see("fernhill", case, "outcomes")
        assert not ids_on(cmn, "fernhill", case, "outcomes", "outcomes/ID/proof")
        assert not ids_on(cmn, "fernhill", case, "outcomes", "outcomes/ID/waiver")
        for who in ("fernhill", "harbour"):
            confirm(cmn, who, case)
        assert "outcome not done yet" in cmn.see("fernhill", case, "closing")
        page = f"outcomes/{outcome}/confirmation"
        cmn.do("fernhill", case, page, how="Their director, in a letter.")
        assert "Their director, in a letter." in cmn.see("fernhill", case, "outcomes")
        prove_all(cmn, case, "fernhill")
        close(cmn, case, "fernhill", "network", "upheld")
        for other in ELSEWHERE:
            assert cmn.is_hidden(other, case)
    assert cmn.events(case).count("ending.confirmed") == 3


def register(cmn: Scheme, name: str) -> None:
    """Let the coordinator begin the register, with the person in two organisations."""
    network = cmn.desk("network")
    network.get("/participants/cmn/register")
    network.post("/participants/cmn/register")
    for organisation in ("fernhill", "harbour"):
        network.get("/participants/cmn/people/new")
        person = {"name": name, "role": "mentor", "ref": "", "email": "", "age": "adult"}
        added = network.post("/participants/cmn/people", {**person, "organisation": organisation})
        assert added.status_code == 303


def confirm(cmn: Scheme, who: str, case: Case) -> None:
    """Let an HR partner confirm what they were told, and see the entry in the register end."""
    hr = cmn.desk(who)
    assert "Ended in every organisation" in words_of(hr.get("/cases"))
    listed = hr.get("/endings")
    assert case.code_name not in listed.text
    telling = ids_in(listed.text)[0]
    asked = hr.get(f"/endings/{telling}")
    entry = next(iter(set(ids_in(asked.text)) - {telling}))
    assert f"{MENTOR[0]}, mentor" in words_of(asked)
    assert hr.post(f"/endings/{telling}", {"entries": [entry]}).status_code == 303
    assert hr.post(f"/endings/{telling}", {}).status_code == 422
    ended = words_of(hr.get(f"/participants/cmn/people/{entry}"))
    assert "Last day" in ended
    assert "Still takes part" not in ended
