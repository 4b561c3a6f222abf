"""What a reporter agrees to have shared, as a value: what, as whom, with whom, how and when. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from conductdesk.cases.concern import Concern
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import Question, UsedFor

PARTS: Mapping[str, str] = {
    "what": "What",
    "as_whom": "As whom",
    "with_whom": "With whom",
    "how": "How",
    "when": "When",
}
ASKED_BY_PACK: Mapping[UsedFor, str] = {
    UsedFor.SHARED_AS: "as_whom",
    UsedFor.SHARED_WITH: "with_whom",
    UsedFor.SHARED_HOW: "how",
    UsedFor.SHARED_WHEN: "when",
}


@dataclass(frozen=True)
class Sharing:
    """What may be shared. On the form a reporter may leave parts open, at the desk nobody can."""

    what: str
    as_whom: str = ""
    """By their name, or without it."""
    with_whom: str = ""
    how: str = ""
    when: str = ""

    @property
    def in_words(self) -> str:
        """Return it as text, a line for each part that was said."""
        said = {key: text for key, text in asdict(self).items() if text}
        if list(said) == ["what"]:
            return self.what
        return "\n".join(f"{PARTS[key]}: {text}" for key, text in said.items())

    @property
    def left_open(self) -> tuple[str, ...]:
        """Return the names of the parts about which nothing was said."""
        return tuple(PARTS[key] for key, text in asdict(self).items() if not text.strip())

    def to_json(self) -> str:
        """Return the text that is sealed."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Sharing:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


def sharing_of(concern: Concern, pack: Pack) -> Sharing | None:
    """Return what *concern* agrees to, with what the pack asked about it; None where nothing is."""
    if not concern.sharing:
        return None
    asked = {question.key: question for question in pack.questions if question.about_sharing}
    parts = {
        ASKED_BY_PACK[asked[key].used_for or UsedFor.SHARED_AS]: _said(asked[key], said)
        for key, said in concern.answers
        if key in asked
    }
    return Sharing(concern.sharing, **parts)


def _said(question: Question, said: str) -> str:
    return next((one.name for one in question.choices if one.key == said), said)
