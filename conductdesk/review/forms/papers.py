"""The checklist of a working paper, a question and a note for each of its lines."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.review.actions.papers import ANSWERS, Checked
from conductdesk.schemes.pack import Pack
from conductdesk.web.fields import radio, text
from conductdesk.web.form import PageForm

ANSWER, NOTE = "answer_", "note_"
NOT_YET = {**ANSWERS, "": "Not looked at yet"}


class PaperForm(PageForm):
    """What `paper_form` fills with one question for each line."""

    def to_sheet(self) -> dict[str, Checked]:
        """Return what was answered, by the key of each line."""
        keys = [name.removeprefix(ANSWER) for name in self._fields if name.startswith(ANSWER)]
        return {
            key: Checked(self[f"{ANSWER}{key}"].data or "", self[f"{NOTE}{key}"].data)
            for key in keys
        }


def paper_form(pack: Pack, said: Mapping[str, Checked]) -> PaperForm:
    """Return the form for the checklist of *pack*, with what was said before."""
    fields: dict[str, object] = {}
    for line in pack.checklist:
        clause = f"Clause {line.clause}" if line.clause else ""
        fields[f"{ANSWER}{line.key}"] = radio(
            line.question, "Choose one of the answers", NOT_YET, hint=clause
        )
        fields[f"{NOTE}{line.key}"] = text("Note (optional)", rows=2, limit=5_000)
    data = {f"{ANSWER}{key}": one.answer for key, one in said.items()}
    data |= {f"{NOTE}{key}": one.note for key, one in said.items()}
    blank = {name: "" for name in fields if name.startswith(ANSWER)}
    kind: type[PaperForm] = type("OnePaperForm", (PaperForm,), fields)
    return kind(data={**blank, **data})
