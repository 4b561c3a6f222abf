"""One case through the pages of a real server, with a planted word in every box."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyotp
from sqlalchemy import update

from conductdesk import clock
from conductdesk.cases.models import Case
from conductdesk.vault.receipts import Receipt
from tests.cast import PASSWORD, Cast
from tests.web.left_behind import (
    Planted,
    Sampled,
    sampling,
)
from tests.web.robot import well_filled
from tests.web.visitor import receipt_in
from tests.web.wire import Served, Wire

ADDRESS = "203.0.113.77"
AGENT = "Zqagentqzyx/1.0"
IN_FRONT = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Accept-Language": "zq-ZQ"}
FILE_SIZE = 24_900_000
CASE = re.compile(r"/cases/([0-9a-f-]{36})")
RESPONDENT = re.compile(r"/respondents/([0-9a-f-]{36})")
OUTCOME = re.compile(r"/outcomes/([0-9a-f-]{36})/proof")
EVIDENCE = re.compile(r"/evidence/([0-9a-f-]{36})")


@dataclass
class Member:
    """One officer's browser."""

    wire: Wire
    planted: Planted

    def do(self, page: str, ending: str = "", **chosen: str) -> str:
        """Fill in a form of *page* with planted words, send it, and return where it leads."""
        form = self.wire.form(f"/desk{page}", ending or page)
        self.planted.where = form.action.rpartition("/")[2]
        pairs = well_filled(form, self.planted.word, chosen)
        reply = self.wire.send(form.action, pairs)
        assert reply.status == 303, (page, reply.status, _errors(reply.text))
        return reply.place

    def read(self, page: str) -> str:
        """Open a page and return its words."""
        reply = self.wire.get(f"/desk{page}")
        assert reply.status == 200, (page, reply.status)
        return reply.text


def _errors(text: str) -> list[str]:
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in _ERRORS.findall(text)][:6]


_ERRORS = re.compile(
    r"<(?:div|p)[^>]*(?:error-summary|error-message)[^>]*>.*?</(?:div|p)>", re.DOTALL
)


def signed_in(cast: Cast, port: int, who: str, planted: Planted) -> Member:
    """Sign in through the page, with a code that was not used yet."""
    wire, member = Wire(port, IN_FRONT), cast[who]
    form = wire.form("/desk/sign-in", "/sign-in")
    code = pyotp.TOTP(member.totp_secret).at(clock.now() + timedelta(seconds=30))
    typed = {"email": member.account.email, "password": PASSWORD, "code": code}
    cast.db.commit()  # a test session that may write keeps the server waiting
    reply = wire.send(form.action, well_filled(form, planted.word, typed))
    assert reply.status == 303, _errors(reply.text)
    for name, value in wire.cookies.items():
        planted.secret(f"{who}'s {name}", value)
    return Member(wire, planted)


def told(port: int, planted: Planted) -> Receipt:
    """Send a concern through the public form, with a planted word in every box."""
    wire = Wire(port, IN_FRONT)
    chosen = {
        "kind": "concern",
        "danger": "no",
        "at_risk": "no",
        "mode": "confidential",
        "part_0": "respondent",
        "holds_0": "none",
        "act": "continue",
        "outside": "no",
    }
    reply = wire.send("/wcc/start", [])
    place = reply.place
    while place != "/wcc/check":
        planted.where = place
        form = wire.form(place, place)
        reply = wire.send(place, [*well_filled(form, planted.word, chosen), ("act", "continue")])
        assert reply.status == 303, (place, reply.status, _errors(reply.text))
        place = reply.place
    planted.secret("the reporter's session", wire.cookies["__Host-cd_public"])
    form = wire.form("/wcc/check", "/wcc/concern")
    assert wire.send("/wcc/concern", well_filled(form, planted.word)).place == "/wcc/receipt"
    receipt = receipt_in(wire.get("/wcc/receipt").text)
    remember_receipt(planted, receipt)
    return receipt


def remember_receipt(planted: Planted, receipt: Receipt) -> None:
    """Remember each form of a receipt, as words and as bytes."""
    planted.secret("the receipt", receipt.code)
    planted.secret("the receipt without spaces", receipt.code.replace(" ", ""))
    planted.secret("the receipt's bytes", receipt.secret.decode("latin-1"))
    planted.secret("the receipt's key", receipt.private_key.decode("latin-1"))


def a_file(planted: Planted, name: str, size: int) -> bytes:
    """Return a text file of about *size* bytes that says a planted word on every line."""
    line = planted.word(name).encode() + b"\n"
    return line * (size // len(line))


@dataclass
class Course:
    """One case on its way through the pages of a real server."""

    cast: Cast
    server: Served
    planted: Planted
    temporary: Path
    officers: dict[str, Member] = field(default_factory=dict)
    sampled: list[Sampled] = field(default_factory=list)
    case: str = ""

    def run(self) -> None:
        """Take the case from the public form to the auditor's desk."""
        self.reporter_writes()
        self.handler_begins()
        self.handler_looks_into_people()
        self.investigator_finds()
        self.others_decide()
        self.officers_close()

    def enter(self, who: str) -> Member:
        """Let an officer sign in."""
        self.officers[who] = signed_in(self.cast, self.server.port, who, self.planted)
        return self.officers[who]

    def reporter_writes(self) -> None:
        """Send a concern, come back with the receipt, and send a message with a large file."""
        planted, port = self.planted, self.server.port
        receipt = told(port, planted)
        reporter = Wire(port, IN_FRONT)
        form = reporter.form("/wcc/messages", "/wcc/messages/open")
        opened = reporter.send(form.action, [("receipt", receipt.code)])
        assert opened.place == "/wcc/messages", _errors(opened.text)
        planted.secret("the mailbox's session", reporter.cookies["__Host-cd_public"])
        self.upload(reporter, "/wcc/messages", "/wcc/messages", FILE_SIZE)
        form = reporter.form("/wcc/messages/stop", "/stop")
        planted.where = "stop"
        assert reporter.send(form.action, well_filled(form, planted.word)).status == 303

    def upload(self, wire: Wire, page: str, ending: str, size: int) -> None:
        """Fill in a form with a file, and watch every file of the server meanwhile."""
        form = wire.form(page, ending)
        self.planted.where = f"{ending} upload"
        content = a_file(self.planted, "content of the file", size)
        name = self.planted.word("name of the file") + ".txt"
        pairs = well_filled(form, self.planted.word)
        with sampling(self.temporary, self.server, content[:12]) as seen:
            reply = wire.upload(form.action, pairs, "file", name, content)
        assert reply.status == 303, (reply.status, _errors(reply.text))
        self.sampled.append(seen)

    def handler_begins(self) -> None:
        """Attest, acknowledge, triage and write."""
        handler, second = self.enter("liaison"), self.enter("chair")
        found = CASE.search(handler.read("/cases"))
        assert found is not None
        self.case = f"/cases/{found[1]}"
        for officer in (handler, second):
            officer.do(f"{self.case}/names", "/attestation")
        handler.do(f"{self.case}/acknowledgement")
        handler.do(f"{self.case}/triage", route="formal")
        handler.do(f"{self.case}/messages", "/messages")
        handler.do(f"{self.case}/steps/withdrawal")

    def handler_looks_into_people(self) -> None:
        """Add a party, reveal the reporter, issue a new receipt, and appoint."""
        handler = self.officers["liaison"]
        handler.do(f"{self.case}/people", "/parties", part="witness")
        for ending in ("/reporter", "/receipts"):
            form = handler.wire.form(f"/desk{self.case}/people", ending)
            self.planted.where = ending
            reply = handler.wire.send(form.action, well_filled(form, self.planted.word))
            assert reply.status == 200, (ending, _errors(reply.text))
        issued = receipt_in(reply.text)
        remember_receipt(self.planted, issued)
        handler.do(f"{self.case}/terms")
        for who in ("investigator", "decision_maker"):
            chosen = str(self.cast[who].id)
            self.cast.db.commit()
            handler.do(f"{self.case}/appointments/{who}", account_id=chosen)
            self.enter(who).do(f"{self.case}/names", "/attestation")
        handler.do(f"{self.case}/inquiry", "/investigation")

    def investigator_finds(self) -> None:
        """Write notes, serve, hear, gather, and report."""
        finder, case = self.officers["investigator"], self.case
        finder.do(f"{case}/inquiry", "/notes")
        respondent = RESPONDENT.search(finder.read(f"{case}/inquiry"))
        assert respondent is not None
        finder.do(f"{case}/respondents/{respondent[1]}/notice")
        finder.do(f"{case}/respondents/{respondent[1]}/reply")
        self.upload(finder.wire, f"/desk{case}/evidence/new", "/evidence", FILE_SIZE // 20)
        for item in set(EVIDENCE.findall(finder.read(f"{case}/evidence"))):
            finder.do(f"{case}/evidence/{item}", "/consideration")
        finder.do(f"{case}/report", answer_A="yes")

    def others_decide(self) -> None:
        """Decide, tell both sides, and carry it out."""
        handler, case = self.officers["liaison"], self.case
        decider = self.officers["decision_maker"]
        decider.do(f"{case}/decision", result_A="upheld", kind_0="apology", hours_0="")
        handler.do(f"{case}/outcomes/letters")
        handler.do(f"{case}/outcomes", "/beginning")
        outcome = OUTCOME.search(handler.read(f"{case}/outcomes"))
        assert outcome is not None
        handler.do(f"{case}/outcomes/{outcome[1]}/proof")
        let_time_to_appeal_end(self.cast)

    def officers_close(self) -> None:
        """Close, and let the auditor read."""
        handler, case = self.officers["liaison"], self.case
        for step in ("learning", "retention", "copy", "proposal"):
            handler.do(f"{case}/closing/{step}")
        self.officers["chair"].do(f"{case}/closing/proposals/close", agrees="yes")
        auditor = self.enter("auditor")
        assert case.rpartition("/")[2] in auditor.read("/review")
        for page in ("", "/history"):
            auditor.read(f"/review{case}{page}")


def let_time_to_appeal_end(cast: Cast) -> None:
    """Move the end of the time to appeal into the past: a real server's clock cannot be moved."""
    over = update(Case).values(appeal_until=clock.now() - timedelta(days=1))
    cast.db.execute(over.execution_options(synchronize_session=False))
    cast.db.commit()
