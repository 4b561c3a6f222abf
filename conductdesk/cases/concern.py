"""A concern as a value: what the reporter said, and what routing makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from conductdesk.routing.rules import ConcernFacts, Why


class Answer(StrEnum):
    """An answer to a question that may be hard to answer."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


class Mode(StrEnum):
    """How the reporter wants to be known."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Part(StrEnum):
    """What somebody is in what happened."""

    RESPONDENT = "respondent"
    AFFECTED = "affected"
    WITNESS = "witness"
    SUPPORTER = "supporter"
    PARTNER = "partner"
    """Takes part in the mentoring that a request is about; nothing is said against them."""
    GUARDIAN = "guardian"
    """The parent or guardian of somebody under age; an officer adds them, no reporter does."""


@dataclass(frozen=True)
class PersonNamed:
    """Somebody whom the reporter names."""

    name: str
    part: Part
    offices: tuple[str, ...] = ()
    """The offices that this person holds, as the reporter said or did not deny."""
    perhaps_in_office: bool = False
    """True where the reporter was not sure whether they hold one, and nothing told which."""


@dataclass(frozen=True)
class Identity:
    """Who the reporter is, and how to reach them safely."""

    name: str = ""
    contact: str = ""
    safe_times: str = ""

    def to_json(self) -> str:
        """Return the text that is sealed to `identity`."""
        return json.dumps(vars(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Identity:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def __bool__(self) -> bool:
        """Hold where anything at all was said."""
        return bool(self.name or self.contact or self.safe_times)


@dataclass(frozen=True)
class Concern:
    """What a reporter sends."""

    kind: str
    mode: Mode
    account: str = ""
    """What happened, in their own words."""
    happened: str = ""
    """When it happened, in their own words."""
    danger_now: Answer = Answer.NO
    at_risk: Answer = Answer.NO
    """Whether anybody is under age or an adult at risk; "not sure" counts as yes."""
    people: tuple[PersonNamed, ...] = ()
    sharing: str = ""
    """What may be shared, with whom."""
    wish: str = ""
    """What the reporter would like to happen."""
    wants_outside: bool = False
    identity: Identity = Identity()
    channel: str = "public_form"
    answers: tuple[tuple[str, str], ...] = ()
    """What was answered to the pack's own questions, by their keys."""
    organisation: str = ""
    """The key of the organisation of the person it is about; empty where it is not known."""
    offices_before: tuple[str, ...] = ()
    """The offices that were named in the case to which this one is linked."""

    @property
    def mentions_risk(self) -> bool:
        """Answer whether the safeguarding office must receive this in parallel."""
        answers = (self.danger_now, self.at_risk)
        return self.kind == "safeguarding" or any(answer is not Answer.NO for answer in answers)

    def facts(self, barriers: tuple[tuple[UUID, Why], ...] = ()) -> ConcernFacts:
        """Return what routing needs to know."""
        return ConcernFacts(
            danger_now=self.danger_now is not Answer.NO,
            at_risk=self.mentions_risk,
            wants_outside=self.wants_outside,
            offices_named=frozenset(office for person in self.people for office in person.offices),
            offices_before=frozenset(self.offices_before),
            perhaps_in_office=any(person.perhaps_in_office for person in self.people),
            barriers=barriers,
            kind=self.kind,
            answers=self.answers,
            organisation=self.organisation,
        )

    def to_json(self) -> str:
        """Return the text that is sealed to `intake`: everything but the reporter's identity."""
        return json.dumps(vars(replace(self, identity=Identity())), sort_keys=True, default=vars)

    @classmethod
    def from_json(cls, text: str) -> Concern:
        """Read what `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        people = tuple(
            PersonNamed(
                person["name"],
                Part(person["part"]),
                tuple(person["offices"]),
                person.get("perhaps_in_office", False),
            )
            for person in values.pop("people")
        )
        return cls(
            **{
                **values,
                "mode": Mode(values["mode"]),
                "danger_now": Answer(values["danger_now"]),
                "at_risk": Answer(values["at_risk"]),
                "identity": Identity(),
                "people": people,
                "offices_before": tuple(values.get("offices_before", ())),
                "answers": tuple((key, said) for key, said in values.get("answers", ())),
            }
        )
