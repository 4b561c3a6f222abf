"""The questions that a pack asks of its own."""

from __future__ import annotations

from conductdesk.intake.answers import Answers
from conductdesk.intake.forms.fields import YES_NO_NOT_SURE, radio, text
from conductdesk.intake.forms.questions import QuestionForm
from conductdesk.schemes.parts import AnswerKind, Question


class OwnForm(QuestionForm):
    """One question of the pack; `own_form` adds its field."""

    key = ""

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self["own"].data = answers.own_answers.get(self.key)

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return answers.with_own(self.key, self["own"].data or "")


def own_form(question: Question) -> type[OwnForm]:
    """Return the form that asks *question*; a text may be left empty."""
    if question.answer is AnswerKind.TEXT:
        field = text(f"{question.text} (optional)")
    else:
        field = radio(question.text, "Choose one of the answers", choices=_choices(question))
    return type("OwnFormOfPack", (OwnForm,), {"key": question.key, "own": field})


def _choices(question: Question) -> dict[str, str]:
    if question.answer is AnswerKind.YES_NO:
        return YES_NO_NOT_SURE
    return {choice.key: choice.name for choice in question.choices}
