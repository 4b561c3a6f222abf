"""Forms in which officers answer auditors."""

from __future__ import annotations

from conductdesk.cases.audit_acts import Reply
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.web.fields import radio, text

AUDITORS_READ = "Auditors read this. Leave out who the reporter is."


class AuditAnswerForm(VersionedForm):
    """The answer to an auditor's question."""

    answer = text("Your answer", "Write your answer first", hint=AUDITORS_READ)


class FindingReplyForm(VersionedForm):
    """Management's reply to a finding of the audit."""

    accepted = radio(
        "Do you accept the finding?",
        "Say whether you accept it",
        {"yes": "Yes, and we put it right", "no": "No, or not all of it"},
    )
    words = text(
        "What will you do, or why do you not agree?",
        "Say what you will do, or why you do not agree",
        hint=AUDITORS_READ,
    )

    def to_reply(self) -> Reply:
        """Return the reply as a value."""
        return Reply(self.accepted.data == "yes", self.words.data)


class FindingProofForm(VersionedForm):
    """How one can see that a finding was put right."""

    proof = text(
        "What was done, and how can one see it?",
        "Say what was done, and how one can see it",
        hint=AUDITORS_READ,
    )
