"""Each mistake that a pack can hold is refused, with its key, its reason and what to do."""

from __future__ import annotations

import re

import pytest

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.reading import read_pack
from tests.unit.packs import changed, problems_of, source_of, with_key, without

CHAIN = 'chain = ["liaison", "chair", "outside"]'
DECIDES = 'decides = ["liaison", "chair", "safeguarding", "outside"]'
CHAIR = 'plain = "the chair"'
QUESTION = """
[[questions]]
key = "met"
kinds = ["concern"]
text = "Where do you meet?"
why = "So that we know who else may have seen it."
answer = "text"
used_for = "handling"
"""
SHARING = QUESTION.replace('"handling"', '"sharing how"')
LATER = QUESTION.replace('"met"', '"online"').replace('"text"', '"yes_no"')
RULE = """
[[routing.rules]]
key = "elsewhere"
words = "It is no part of the usual."
when = { kind = "advice" }
chain = ["chair", "outside"]
"""
CHECKLIST = """
[[audit_checklist]]
key = "clocks"
question = "Was every date kept?"
clause = "3"
"""
STRICTER = """
[[stricter]]
move = "close"
reason = true
"""


REQUIRED = """
key version name organisation nation participants chain safeguarding acknowledge triage
safeguarding_triage referral reply letters feedback interim_review grounds lodge decide intro limit
limit_clause outside_route
"""
"""Keys that stand at the beginning of a line of the pack, and must."""


def added(block: str, *changes: tuple[str, str]) -> tuple[str, str]:
    """Return the change that adds a block, itself changed first."""
    return "\n[clocks]", f"{changed(*changes, source=block)}\n[clocks]"


MISTAKES = {
    # offices, clauses and limits that are not there
    "an unknown office receives": ((CHAIN, 'chain = ["liason", "chair", "outside"]'), "routing.chain", "liason"),
    "an unknown office may break a confidence": ((DECIDES, 'decides = ["boss"]'), "confidentiality.law.decides", "boss"),
    "an unknown office stands above another": ((CHAIR, f'{CHAIR}\nreports_to = "boss"'), "offices.chair.reports_to", "boss"),
    "an unknown office must make a move": (added(STRICTER, ("reason = true", 'office = "boss"')), "stricter.close.office", "boss"),
    "an unknown clause is the limit": (('limit_clause = "13"', 'limit_clause = "99"'), "wording.limit_clause", "no clause 99"),
    "auditors check by an unknown clause": (added(CHECKLIST, ('"3"', '"99"')), "audit_checklist.clocks.clause", "no clause 99"),
    "auditors check one thing twice": (added(CHECKLIST + CHECKLIST), "audit_checklist", "stands there more than once"),
    "a clause that has ended is the limit": (('before that happens."\n', 'before that happens."\nto = 2025-01-01\n'), "wording.limit_clause", "has ended"),
    "one office alone breaks a confidence": ((DECIDES, 'decides = ["liaison"]'), "confidentiality.law.decides", "names one office"),
    "a removal that no appeal holds up": (('waits_for_appeal = true\nadverse = true\n', "adverse = true\n"), "outcomes.removal", "subject to appeal"),
    "a page promises that nobody learns": (('limit = "There', 'limit = "Nobody will ever know. There'), "wording.limit", "nobody can"),
    "years to answer": (('reply = "10 working days"', 'reply = "50 years"'), "clocks.reply", "Write 3 months or less"),
    "an unknown clause allows an override": (('clause = "13"', 'clause = "99"'), "confidentiality.law.clause", "no clause 99"),
    "an unknown move is left out": (with_key('left_out = ["apeal"]'), "left_out", "no move “apeal”"),
    "an unknown move is made stricter": (added(STRICTER, ('"close"', '"approve"')), "stricter.approve", "no such move"),
    "an appealed case could never be closed": (with_key('left_out = ["conclude_appeal", "remit"]'), "left_out", "appealed could never be closed"),
    "aftercare could only end by reopening": (with_key('left_out = ["end_follow_up"]'), "left_out", "aftercare could never be closed"),
    "a move is left to an office that is never asked": (added(STRICTER, ('"close"', '"decide"'), ("reason = true", 'office = "liaison"')), "stricter.decide.office", "a case would stop here"),
    "one office alone receives": ((CHAIN, 'chain = ["outside"]'), "routing.chain", "all who hold outside are named"),
    "one office alone hears of a risk": (('safeguarding = ["safeguarding", "outside"]', 'safeguarding = ["outside"]'), "routing.safeguarding", "leaves nobody"),
    "one office alone receives under a rule": (added(RULE, ('"chair", "outside"', '"outside"')), "routing.rules.elsewhere.chain", "leaves nobody"),
    "no contact outside receives": ((CHAIN, 'chain = ["liaison", "chair"]'), "routing.chain", "no contact outside"),
    "a protecting move is left out": (with_key('left_out = ["report"]'), "left_out", "protects people"),
    "children are younger than the law says": (("child_age = 18", "child_age = 16"), "child_age", "below 18"),
    "a page promises too much": (('limit = "There', 'limit = "It is completely confidential. There'), "wording.limit", "nobody can"),
    "a clock of zero": (('triage = "3 working days"', 'triage = "0 days"'), "clocks.triage", "clock of zero"),
    "a legal clock made longer": (('feedback = "3 months"', 'feedback = "4 months"'), "clocks.feedback", "Write 3 months or less"),
    "a clock that is longer in some weeks": (('acknowledge = "7 days"', 'acknowledge = "5 working days"'), "clocks.acknowledge", "too long when it begins on"),
    "too little time to answer": (('reply = "10 working days"', 'reply = "2 days"'), "clocks.reply", "Write 10 working days or more"),
    "too little time to answer at Christmas": (('reply = "10 working days"', 'reply = "14 days"'), "clocks.reply", "too short when it begins on"),
    "too little time to appeal": (('lodge = "10 working days"', 'lodge = "5 days"'), "appeal.lodge", "too short"),
    "an appeal that waits too long": (('decide = "20 working days"', 'decide = "2 months"'), "appeal.decide", "too long"),
    "a clock that the procedure has not": (('triage = "3', 'lunch = "1 day"\ntriage = "3'), "clocks.lunch", "not a clock"),
    "a clock without which a kind cannot be offered": (('repairing = "10 working days"\n', ""), "clocks.repairing", "the form offers “repairing”"),
    "two clauses with one number on one day": (('number = "2"', 'number = "1"'), "clauses", "two clauses 1"),
    "a clause that ends before it begins": (("from = 2024-01-01\n", "from = 2024-01-01\nto = 2023-01-01\n"), "clauses", "ends before it begins"),
    "a question that is used for nothing": (added(QUESTION, ('used_for = "handling"\n', "")), "questions.met.used_for", "collects what is not used"),
    "a question for routing that no rule looks at": (added(QUESTION, ("handling", "routing")), "questions.met.used_for", "no routing rule"),
    "a part of the consent that is asked for twice": (added(SHARING + SHARING.replace('"met"', '"again"')), "questions.again.used_for", "met asks for that already"),
    "a part of the consent that yes cannot answer": (added(SHARING, ('"text"', '"yes_no"')), "questions.met.answer", "does not say what may be shared"),
    # offices and chains
    "an office that reports to itself": ((CHAIR, f'{CHAIR}\nreports_to = "chair"'), "offices.chair.reports_to", "leads back"),
    "a role that nobody has": (('takes = ["decide", "second"]', 'takes = ["judge"]'), "offices.chair.takes", "no role"),
    "an office of each organisation without organisations": ((CHAIR, f'{CHAIR}\nper = "organisation"'), "offices.chair.per", "no organisations"),
    "an office per something else": ((CHAIR, f'{CHAIR}\nper = "team"'), "offices.chair.per", "not known"),
    "an office twice in one chain": ((CHAIN, 'chain = ["liaison", "liaison", "outside"]'), "routing.chain", "names liaison twice"),
    # words that are keys
    "a scheme that no address can name": (('key = "wcc"', 'key = "WCC UK"'), "key", "cannot stand in an address"),
    "a scheme with the desk's own address": (('key = "wcc"', 'key = "desk"'), "key", "something else"),
    "an office whose word is taken": (added('[[offices]]\nkey = "none"\nname = "N"\nplain = "n"'), "offices.none.key", "means something else"),
    "an office whose word is no word": (added('[[offices]]\nkey = "A b"\nname = "N"\nplain = "n"'), "offices.A b.key", "no short word"),
    "an office twice": (added('[[offices]]\nkey = "chair"\nname = "N"\nplain = "n"'), "offices", "“chair” stands there more than once"),
    "an outcome that every pack has": (('key = "apology"', 'key = "request"'), "outcomes.request.key", "means something else"),
    "a move made stricter twice": (added(STRICTER + STRICTER), "stricter", "more than once"),
    # kinds, questions, rules
    "a kind of intake that nobody knows": (('key = "advice"\nname = "I am', 'key = "gossip"\nname = "I am'), "kinds.gossip", "not a kind of intake"),
    "a question about a kind that is not offered": (added(QUESTION, ("concern", "records")), "questions.met.kinds", "does not offer"),
    "a question that is asked anyway": (added(QUESTION, ('"met"', '"risk"')), "questions.risk.key", "means something else"),
    "a choice with nothing to choose": (added(QUESTION, ('answer = "text"', 'answer = "choice"')), "questions.met.choices", "nothing to choose"),
    "choices that are not shown": (added(f'{QUESTION}\n[[questions.choices]]\nkey = "a"\nname = "A"\n'), "questions.met.choices", "not shown"),
    "a condition on a later question": (added(QUESTION, ("used_for", 'when = { online = "yes" }\nused_for')), "questions.met.when", "is not asked before"),
    "a condition that cannot hold": (added(LATER + QUESTION, ('answer = "text"', 'answer = "text"\nwhen = { online = "maybe" }')), "questions.met.when", "no answer to online"),
    "a condition on what is not asked there": (added(LATER + QUESTION.replace('["concern"]', '["advice"]\nwhen = { online = "yes" }')), "questions.met.when", "is not asked for “advice”"),
    "a rule that always fits": (added(RULE, ('when = { kind = "advice" }\n', "")), "routing.rules.elsewhere.when", "never count"),
    "a rule about what nobody asks": (added(RULE, ("kind =", "colour =")), "routing.rules.elsewhere.when", "no question is called"),
    "a rule about an answer that nobody gives": (added(RULE, ('kind = "advice"', 'risk = "perhaps"')), "routing.rules.elsewhere.when", "no answer to risk"),
    "a rule about a kind that is not offered": (added(RULE, ('"advice"', '"records"')), "routing.rules.elsewhere.when", "nobody can send"),
    "a rule behind one that always fits first": (added(RULE + RULE.replace("elsewhere", "later")), "routing.rules.later.when", "elsewhere fits first"),
    # outcomes, decisions, stricter moves
    "a prover that nobody is": (('key = "apology"\n', 'key = "apology"\nproof_by = "fate"\n'), "outcomes.apology.proof_by", "not known"),
    "an end everywhere without organisations": (('key = "removal"\n', 'key = "removal"\neverywhere = true\n'), "outcomes.removal.everywhere", "no office is held per organisation"),
    "an end everywhere of nobody": (('key = "apology"\n', 'key = "apology"\neverywhere = true\n'), "outcomes.apology.everywhere", "is about nobody"),
    "an end everywhere before an appeal": (('key = "apology"\n', 'key = "apology"\neverywhere = true\n'), "outcomes.apology.everywhere", "before an appeal ends"),
    "hours of a year without hours": (('key = "apology"\n', 'key = "apology"\nof_hours = 40\n'), "outcomes.apology.of_hours", "no hours"),
    "a panel too small to vote": (added('[decision]\nby = "panel"\nmembers = 2\nmajority = "2/3"'), "decision.members", "cannot vote"),
    "a panel of nobody says how many": (added('[decision]\nby = "panel"\nmajority = "2/3"'), "decision.members", "is missing, or only 1"),
    "members without a panel": (added('[decision]\nby = "officer"\nmembers = 3\nmajority = "2/3"'), "decision.by", "no members"),
    "a majority that is none": (added('[decision]\nby = "panel"\nmembers = 3\nmajority = "1/2"'), "decision.majority", "no majority"),
    "a stricter move that asks for nothing": (added(STRICTER, ("reason = true", "reason = false")), "stricter.close", "asks for nothing"),
    # how values are written
    "a key that no pack has": (with_key('nickname = "x"'), "nickname", "is not a key"),
    "a key of the top that stands further down": (("[routing]\n", "[routing]\nleft_out = []\n"), "routing.left_out", "Move the line to the top"),
    "one table where there can be several": (added(STRICTER, ("[[stricter]]", "[stricter]")), "stricter", "Write [[stricter]], once for each."),
    "a list where there is one table": (added('[[decision]]\nby = "officer"'), "decision", "Write [decision]: there is only one."),
    "a key that is misspelled": (("participants =", "participant ="), "participant", "Did you mean participants?"),
    "a number in quotes": (("child_age = 18", 'child_age = "18"'), "child_age", "a text in quotes"),
    "a text without a letter": (('organisation = "WCC UK"', 'organisation = " "'), "organisation", "is empty"),
    "a list without a word": (("participants = [", "participants = [] #"), "participants", "is empty"),
    "a list with an empty word": (('["mentor",', '["",'), "participants", "empty text"),
    "a list of numbers": (('["mentor",', '[1,'), "participants", "not a text"),
    "a number that is too large": (("version = 1\n", "version = 100000000000000000000\n"), "version", "too large"),
    "a version below one": (("version = 1\n", "version = 0\n"), "version", "less than 1"),
    "a sign that nobody sees": (('name = "WCC UK mentoring"', 'name = "WCC\\u0000 UK"'), "name", "nobody can see"),
    "a date in quotes": (("from = 2024-01-01", 'from = "2024-01-01"'), "clauses[1].from", "Write a date"),
    "a length in other words": (('letters = "7 days"', 'letters = "a week"'), "clocks.letters", "no length of time"),
    "a length that never ends": (('keep = "1 year"', 'keep = "900 years"'), "retention.no_breach.keep", "longer than anything"),
    "a word that cannot stand there": (('told = "beforehand unless unsafe"', 'told = "never"'), "confidentiality.law.told", "Write \"beforehand\""),
    "a nation without a calendar": (('nation = "ENG"', 'nation = "FR"'), "nation", "is not known"),
}  # fmt: skip


def reports_to(office: str, above: str) -> tuple[str, str]:
    """Return the change that puts one office below another."""
    return f'key = "{office}"\nname', f'key = "{office}"\nreports_to = "{above}"\nname'


SEVERAL = {
    "all who receive report, in the end, to one office": (
        [reports_to("liaison", "chair"), reports_to("chair", "committee"), reports_to("outside", "committee")],
        "routing.chain", "all who hold committee are named",
    ),
    "nobody can hear an appeal": (
        [('"decide", "appeal", "second"', '"decide"'), ('"decide", "appeal", "second"', '"decide"')],
        "offices", "no office can appeal",
    ),
    "one office would investigate and decide": (
        [('"investigate", "second"', '"second"'), ('"decide", "second"', '"second"'),
         ('"investigate", "decide", "appeal", "second"', '"appeal"')],
        "offices", "outside alone would have to",
    ),
    "a move that is left out and made stricter": (
        [with_key('left_out = ["appeal"]'), added(STRICTER, ('"close"', '"appeal"'))],
        "stricter.appeal", "is left out above",
    ),
    "a page that keeps everything secret": (
        [('limit = "There is one limit.', 'limit = "It stays absolutely secret.')],
        "wording.limit", "nobody can",
    ),
    "a right that promises too much": (
        [("rights = [", 'rights = ["Your call is untraceable.",')], "wording.rights", "nobody can",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERAL)
def test_a_mistake_of_several_places_is_refused(name: str) -> None:
    changes, key, words = SEVERAL[name]
    found = problems_of(changed(*changes))
    assert any(line.startswith(f"{key}: ") and words in line for line in found), found


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_its_key_the_reason_and_the_remedy(name: str) -> None:
    change, key, words = MISTAKES[name]
    found = [line for line in problems_of(changed(change)) if line.startswith(f"{key}: ")]
    assert any(words in line for line in found), problems_of(changed(change))
    for line in found:
        reason = line.removeprefix(f"{key}: ")
        assert len(reason.split(". ")) >= 2, f"no remedy: {line}"


@pytest.mark.parametrize("name", REQUIRED.split())
def test_a_key_that_must_be_there_is_asked_for(name: str) -> None:
    found = problems_of(without(name, changed()))
    assert any(f"{name}: is missing. Add {name} = " in line for line in found), found


def test_nobody_is_left_where_the_organisation_is_not_known() -> None:
    source = changed(
        ('chain = ["hr", "network", "outside"]', 'chain = ["hr", "outside"]'),
        source=source_of("cmn"),
    )
    found = [line for line in problems_of(source) if line.startswith("routing.chain: ")]
    assert len(found) == 1
    assert "nobody knows the organisation" in found[0]


def test_a_form_with_nothing_to_choose_is_refused() -> None:
    kept = re.sub(r"(?s)\[\[kinds\]\].*(?=\[routing\])", "", changed())
    only = '[[kinds]]\nkey = "check_in"\nname = "How is it going?"\nhint = "A short form."\n'
    found = problems_of(kept.replace("[routing]", f"{only}\n[routing]"))
    assert any("the form has nothing to choose" in line for line in found)


def test_a_panel_whose_two_thirds_agree_can_be_given() -> None:
    panel = '[decision]\nby = "panel"\nmembers = 3\nmajority = "2/3"'
    pack = read_pack(changed(added(panel)), "pack.toml", kernel_problems)
    assert pack.decision.voices == 2
