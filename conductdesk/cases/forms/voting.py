"""Forms of a panel: a vote, and a proposed decision as the answers of the decision's form."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from conductdesk.cases.acts import Ballot, Decision, OutcomeOrdered
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.web.fields import radio, text

Answers = dict[str, str | list[str]]


class VoteForm(VersionedForm):
    """What a member says to the proposed decision."""

    agrees = radio(
        "Do you agree to this decision?",
        "Say whether you agree",
        {"yes": "I agree", "no": "I do not agree"},
    )
    reason = text("Why?", "Give a reason for your vote", rows=4)

    def to_ballot(self, proposed_id: UUID) -> Ballot:
        """Return the vote as a value."""
        return Ballot(proposed_id, self.agrees.data == "yes", self.reason.data)


def answers_of(decision: Decision, letters: Mapping[str, UUID]) -> Answers:
    """Return a decision as its form was filled in, so that it can be changed."""
    found = {one.allegation_id: one for one in decision.findings}
    answers: Answers = {"rows": str(len(decision.outcomes))}
    for letter, row_id in letters.items():
        one = found[row_id]
        answers |= {
            f"result_{letter}": one.result,
            f"standard_{letter}": one.standard,
            f"reasons_{letter}": one.reasons,
        }
    for row, ordered in enumerate(decision.outcomes):
        answers |= {f"{name}_{row}": value for name, value in _row_of(ordered).items()}
    return answers


def _row_of(ordered: OutcomeOrdered) -> Answers:
    due = ordered.due_on
    return {
        "kind": ordered.kind,
        "party": str(ordered.party_id) if ordered.party_id else "",
        "what": ordered.what,
        "owner": ordered.owner,
        "hours": str(ordered.hours) if ordered.hours else "",
        "due": [str(due.day), str(due.month), str(due.year)],
    }
