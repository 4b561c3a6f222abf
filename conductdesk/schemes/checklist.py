"""What an auditor checks on each sampled case, where the scheme pack has no list of its own."""

from __future__ import annotations

from conductdesk.schemes.parts import ChecklistLine

USUAL_CHECKLIST = (
    ChecklistLine("acknowledged", "Was the reporter written to in time, by a person?"),
    ChecklistLine("attested", "Did everybody say that they have no conflict before they read it?"),
    ChecklistLine("kept_away", "Was nobody who is named, or tied to somebody named, able to read?"),
    ChecklistLine("triage", "Does the triage answer each question with a reason?"),
    ChecklistLine(
        "referral", "Was a risk or a crime referred, or is the reason why not on record?"
    ),
    ChecklistLine("measures", "Was each interim measure reviewed before its date?"),
    ChecklistLine("notice", "Was there notice, and a chance to reply, before an adverse finding?"),
    ChecklistLine("against", "Was the evidence against each allegation considered?"),
    ChecklistLine("separate", "Were investigator, decision maker and appeal body three people?"),
    ChecklistLine("reasons", "Does each allegation have a finding with reasons and a standard?"),
    ChecklistLine("same_day", "Were both sides told on the same day?"),
    ChecklistLine("override", "Is each breach of a confidence explained, and was the person told?"),
    ChecklistLine("outcomes", "Was each outcome proven done, or waived by a second person?"),
    ChecklistLine(
        "feedback", "Was feedback given to the reporter, or is the reason why not there?"
    ),
    ChecklistLine("second", "Did a second person agree wherever one is needed?"),
    ChecklistLine("retention", "Does the retention class fit the case?"),
    ChecklistLine("reads", "Did only those read it who had a reason to?"),
    ChecklistLine("log", "Did every entry and every row of the walk verify?"),
)
"""From the controls that the auditor's desk can test; each line is answered by a person."""
