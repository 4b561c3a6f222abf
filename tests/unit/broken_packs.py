"""Ten packs as somebody could have written them, each with some mistakes."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.packs import changed, source_of, with_key

CHAIN = 'chain = ["liaison", "chair", "outside"]'
PANEL = """
[decision]
by = "panel"
members = 2
majority = "1/2"

[clocks]"""
QUESTIONS = """
[[questions]]
key = "orientation"
kinds = ["concern"]
text = "How would you describe yourself?"
why = "We are interested."
answer = "text"

[[questions]]
key = "met_online"
kinds = ["concern"]
text = "Did you meet online?"
why = "Online meetings go elsewhere."
answer = "yes_no"
used_for = "routing"

[clocks]"""
STRICTER = """
[[stricter]]
move = "decide"
office = "liaison"

[[stricter]]
move = "approve"
reason = true

[clocks]"""


def wcc(*changes: tuple[str, str]) -> str:
    """Return the pack of WCC UK with some changes."""
    return changed(*changes, source=source_of("wcc"))


BROKEN: Mapping[str, str] = {
    "01-unknown-office": wcc(
        (CHAIN, 'chain = ["liason", "chair", "outside"]'),
        ('plain = "the chair"', 'plain = "the chair"\nreports_to = "president"'),
    ),
    "02-unknown-clause": wcc(('limit_clause = "13"', 'limit_clause = "31"'), ('clause = "13"', 'clause = "13a"')),
    "03-unknown-move": wcc(with_key('left_out = ["mediate"]'), ("\n[clocks]", STRICTER)),
    "04-no-way-to-closed": wcc(with_key('left_out = ["conclude_appeal", "remit", "end_follow_up"]')),
    "05-nobody-left": wcc(
        ('safeguarding = ["safeguarding", "outside"]', 'safeguarding = ["safeguarding"]'),
        ('key = "liaison"\n', 'key = "liaison"\nreports_to = "chair"\n'),
        (CHAIN, 'chain = ["liaison", "chair"]'),
    ),
    "06-kernel-relaxed": wcc(
        with_key('left_out = ["report", "acknowledge"]'),
        ("child_age = 18", "child_age = 16"),
        ('limit = "There is one limit.', 'limit = "What you say is completely confidential.'),
    ),
    "07-clocks": wcc(
        ('triage = "3 working days"', 'triage = "0 days"'),
        ('feedback = "3 months"', 'feedback = "6 months"'),
        ('acknowledge = "7 days"', 'acknowledge = "5 working days"'),
        ('reply = "10 working days"', 'reply = "14 days"'),
        ('repairing = "10 working days"\n', ""),
    ),
    "08-two-clauses-with-one-number": wcc(('number = "2"', 'number = "1"')),
    "09-questions-for-nothing": wcc(("\n[clocks]", QUESTIONS)),
    "10-badly-written": wcc(
        ("participants =", "participant ="),
        ('nation = "ENG"', 'nation = "England"'),
        ("from = 2024-01-01", 'from = "1 January 2024"'),
        ('letters = "7 days"', 'letters = "a week"'),
        ('told = "beforehand unless unsafe"', 'told = "maybe"'),
        ("\n[clocks]", PANEL),
    ),
}  # fmt: skip
