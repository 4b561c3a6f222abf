"""What officers and auditors do, one after the other, each through the page where it is done."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload

from conductdesk.cases.actions.triaging import QUESTIONS
from tests.browser.pages import Officer


def reads(officer: Officer) -> None:
    """Read the overview, and each page of the case."""
    officer.look("overview")
    for page in ("concern", "people", "inquiry", "decision", "messages", "outcomes", "closing"):
        officer.turns_to(page)
        officer.look(f"new case, {page}")
    officer.turns_to("history")
    officer.look("new case, history")
    officer.turns_to("steps")
    officer.look("new case, other steps")


def acknowledges(officer: Officer) -> None:
    """Write the first message."""
    officer.turns_to("acknowledgement")
    officer.errs("Send and acknowledge", "first message")
    officer.fill("Your first message to the reporter", "Thank you for telling us. I have read it.")
    officer.press("Send and acknowledge")
    officer.expect("Triage")


def triages(officer: Officer) -> None:
    """Answer each question with a reason, and choose the formal way."""
    officer.turns_to("triage")
    officer.errs("Record the triage", "triage")
    for question in QUESTIONS.values():
        officer.choose(question, "Yes" if "code" in question else "No")
    officer.choose("How serious is it", "Medium")
    officer.choose("What happens with this?", "Formal investigation")
    for box in officer.main().get_by_label("Why", exact=True).all():
        box.fill("As the reporter wrote.")
    officer.press("Record the triage")
    officer.expect("terms")


def sets_terms(officer: Officer) -> None:
    """Write an allegation under its clause."""
    officer.turns_to("terms")
    officer.errs("Set the terms", "terms of reference")
    officer.select("Respondent", "Barnaby Thistlewood")
    officer.select("Clause of the code", "2. Confidence")
    officer.fill("What is said to have happened", "Told a third person in May.")
    officer.fill("Questions that the investigation must answer", "Was it passed on?")
    officer.choose("Standard of proof", "On the balance of probabilities")
    officer.give_day("When is the report due?", officer.in_days(20))
    officer.press("Set the terms")
    officer.expect("Told a third person in May.")


def appoints(officer: Officer, capacity: str, name: str) -> None:
    """Appoint somebody to a part."""
    officer.turns_to(f"appointments/{capacity}")
    officer.look(f"appointment, {capacity}")
    officer.select("Who", name)
    officer.press("Appoint")
    officer.expect(name)


def opens_the_investigation(officer: Officer) -> None:
    """Open the investigation from the inquiry page."""
    officer.turns_to("inquiry")
    officer.look("inquiry, ready to open")
    officer.press(re.compile("Open the investigation"))
    officer.expect("Investigating")


def adds_evidence(officer: Officer) -> None:
    """Add an item with a file, and consider it."""
    officer.turns_to("evidence")
    officer.look("evidence, none")
    officer.turns_to("evidence/new")
    officer.errs("Add the evidence", "new evidence")
    officer.fill("Short title", "Messages of 3 May")
    officer.choose("What does it do?", "Supports the allegation")
    officer.fill("What was said or seen", "He wrote that he knew.")
    file = FilePayload(name="messages.txt", mimeType="text/plain", buffer=b"I know it. " * 40)
    officer.page.get_by_label("File, if there is one").set_input_files(file)
    officer.press("Add the evidence")
    officer.turns_to("evidence")
    officer.look("evidence")
    officer.follow("Messages of 3 May")
    officer.look("item of evidence")
    officer.press("I have considered it")
    officer.look("item of evidence, considered")


def serves_notice(officer: Officer) -> None:
    """Record the notice that was served today."""
    officer.turns_to("inquiry")
    officer.look("inquiry, under way")
    officer.follow(re.compile("notice", re.IGNORECASE))
    officer.errs("Record the notice", "notice")
    officer.give_day("When was it served?", officer.in_days(0))
    officer.fill("The notice, word for word", "It is said that you told a third person.")
    officer.press("Record the notice")
    officer.expect("May reply until")


def records_the_reply(officer: Officer) -> None:
    """Record the reply that came today."""
    officer.turns_to("inquiry")
    officer.follow(re.compile("repl", re.IGNORECASE))
    officer.errs("Record the reply", "reply")
    officer.give_day("When did it come?", officer.in_days(0))
    officer.fill("The reply, word for word", "I told nobody.")
    officer.press("Record the reply")
    officer.look("inquiry, both sides heard")


def reports(officer: Officer) -> None:
    """Lock the report."""
    officer.turns_to("report")
    officer.errs("Lock the report", "report")
    officer.fill("Facts", "He was told in May.")
    officer.fill("What did you do to find evidence against", "Asked both others.")
    officer.fill("Analysis", "It fits.")
    officer.choose(re.compile("is there a case to answer"), "Yes")
    officer.fill("Why", "Two people say so.")
    officer.press("Lock the report")
    officer.turns_to("report")
    officer.look("report, locked")


def decides(officer: Officer) -> None:
    """Uphold the allegation, with retraining and removal."""
    officer.turns_to("decision")
    officer.errs("Record the decision", "decision")
    officer.choose("Finding", "Upheld")
    officer.select("Standard of proof", "On the balance of probabilities")
    officer.fill("Reasons", "Two people say so.")
    orders(officer, 0, "Retraining", "A course on confidence.")
    officer.fill("Hours", "6")
    officer.page.get_by_role("button", name=re.compile("Add an.* outcome")).click()
    officer.look("decision, two outcomes")
    orders(officer, 1, "Removal from the scheme", "Leaves the list of mentors.")
    officer.press("Record the decision")
    officer.turns_to("decision")
    officer.expect("Upheld", "Subject to appeal")
    officer.look("decision, made")


def orders(officer: Officer, row: int, kind: str, what: str) -> None:
    """Fill in an outcome."""
    officer.select("What follows", kind, row)
    officer.select("About whom", "Barnaby Thistlewood", row)
    officer.fill("What must be done", what, row)
    officer.fill("Who must do it", "The chair", row)
    officer.give_day("By when", officer.in_days(60), row)


def tells_both_sides(officer: Officer) -> None:
    """Write both letters, and begin to carry out what was decided."""
    officer.turns_to("outcomes")
    officer.look("outcomes, decided")
    officer.turns_to("outcomes/letters")
    officer.look("letters")
    officer.fill("To the reporter", "We looked into it, and something was done.")
    officer.press(re.compile("both sides|letters", re.IGNORECASE))
    officer.turns_to("outcomes")
    officer.expect("The last day to appeal is")
    officer.look("outcomes, told")
    officer.press("Begin to carry it out")
    officer.turns_to("outcomes")
    officer.look("outcomes, begun")


def spends_hours(officer: Officer, kind: str, hours: str) -> None:
    """Record the hours of an outcome."""
    officer.turns_to("outcomes")
    officer.follow(re.compile(f"Record hours.*{kind}"))
    officer.errs("Record the hours", "hours")
    officer.fill("How many hours?", hours)
    officer.give_day("On which day?", officer.in_days(0))
    officer.fill("What were they spent on", "A course; the certificate is with the chair.")
    officer.press("Record the hours")
    officer.turns_to("outcomes")
    officer.look("outcomes, hours proven")


def proves(officer: Officer, *kinds: str) -> None:
    """Prove each outcome."""
    for kind in kinds:
        officer.turns_to("outcomes")
        officer.follow(re.compile(f"Prove it done.*{kind}"))
        officer.look(f"proof, {kind.lower()}")
        officer.fill("How can one see that it was done?", "The list of today.")
        officer.main().get_by_role("button").last.click()
    officer.turns_to("outcomes")
    officer.look("outcomes, all done")


def closes(officer: Officer) -> None:
    """Do what must be done before, and propose to close the case."""
    officer.turns_to("closing")
    officer.look("closing, tasks")
    for page, label in (
        ("closing/feedback", "Feedback to the reporter"),
        ("closing/learning", "What is there to learn?"),
    ):
        officer.turns_to(page)
        officer.look(page.replace("/", ", "))
        officer.fill(label, "Say earlier what stays private.")
        officer.main().get_by_role("button").last.click()
    officer.turns_to("closing/retention")
    officer.look("closing, retention")
    officer.choose("How long is the case kept?", officer.first_choice())
    officer.main().get_by_role("button").last.click()
    keeps_the_copy(officer)
    officer.turns_to("closing/proposal")
    officer.errs("Ask a second person", "closing, proposal")
    officer.fill("Why?", "Everything is done.")
    officer.press("Ask a second person")
    officer.turns_to("closing")
    officer.look("closing, proposed")


def keeps_the_copy(officer: Officer) -> None:
    """Check the copy for the auditors, and keep it."""
    officer.turns_to("closing/copy")
    officer.look("closing, copy for the auditors")
    officer.main().get_by_role("button").last.click()


def agrees_to_close(officer: Officer) -> None:
    """Agree as the second person."""
    officer.turns_to("closing/proposals/close")
    officer.look("closing, asked to agree")
    officer.page.get_by_label(re.compile("I agree")).check()
    officer.main().get_by_role("button").last.click()
    officer.turns_to("closing")
    officer.expect("The case is closed")
    officer.look("closed")


def verifies(auditor: Officer) -> None:
    """Check the log."""
    auditor.opens("review/verification")
    auditor.look("log, not checked")
    auditor.press("Check the log now")
    auditor.expect("VERIFIED")
    assert "FAILED" not in auditor.page.content()
    auditor.look("log, checked")
