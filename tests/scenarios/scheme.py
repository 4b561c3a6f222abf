"""One scheme with everybody in office, and the browsers through which they work."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk.cases.models import Case, Party
from conductdesk.cases.queries import seats_of
from conductdesk.policy import Capacity
from conductdesk.vault.receipts import Receipt
from tests.cast import Cast
from tests.conftest import Faces
from tests.scenarios.telling import Told, tell
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.robot import FormSeen, forms_on, well_filled
from tests.web.visitor import Visitor

WORDS = "Invented for this test."


@dataclass
class Scheme:
    """A scheme at work."""

    cast: Cast
    faces: Faces
    officers: dict[str, AtTheDesk] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The scheme's key."""
        return self.cast.pack.key

    def tell(self, kind: str, **said: Any) -> Told:
        """Send something through the public form."""
        self.cast.db.rollback()  # the browser's requests must find the write lock free
        return tell(Visitor(self.faces.public), self.cast.pack, kind, **said)

    def mailbox(self, receipt: Receipt) -> Visitor:
        """Return a browser in which the mailbox of *receipt* is open."""
        self.cast.db.rollback()
        visitor = Visitor(self.faces.public)
        opened = visitor.post(f"/{self.key}/messages/open", {"receipt": receipt.code})
        assert opened.headers["Location"] == f"/{self.key}/messages"
        visitor.get(f"/{self.key}/messages")
        return visitor

    def newest(self) -> Case:
        """Return the case that came last."""
        self.cast.db.rollback()
        self.cast.db.expire_all()
        return self.cast.db.scalars(select(Case).order_by(Case.received_at.desc())).first()  # type: ignore[return-value]  # every caller has sent one

    def seated(self, case: Case) -> dict[str, str]:
        """Return who sits on *case*: capacity and name in the cast."""
        seats = {
            seat.capacity: self.cast.who(seat.account_id) for seat in seats_of(self.cast.db, case)
        }
        self.cast.db.rollback()
        return {Capacity(capacity).value: who for capacity, who in seats.items()}

    def desk(self, who: str) -> AtTheDesk:
        """Return the browser of an officer, signed in."""
        if who not in self.officers:
            self.officers[who] = AtTheDesk(self.faces.desk, self.cast, who)
        return self.officers[who]

    def see(self, who: str, case: Case, page: str = "") -> str:
        """Return the words of a page of *case*; the officer must be able to see it."""
        shown = self.desk(who).get(_address(case, page))
        assert shown.status_code == 200, (page, shown.status_code)
        return words_of(shown)

    def is_hidden(self, who: str, case: Case) -> bool:
        """Answer whether *case* is not there for somebody: no page, no line, no word."""
        name = case.code_name
        there = self.desk(who).get(_address(case, "")).status_code != 404
        return not there and name not in self.desk(who).get("/cases").text

    def do(
        self, who: str, case: Case, page: str, ending: str = "", /, **chosen: str
    ) -> TestResponse:
        """Fill in the form of a page as a person would, and send it; it must be taken."""
        sent = self.attempt(who, case, page, ending, **chosen)
        assert sent.status_code == 303, (page, sent.status_code, words_of(sent)[:1500])
        return sent

    def attempt(
        self, who: str, case: Case, page: str, ending: str = "", /, **chosen: str
    ) -> TestResponse:
        """Fill in the form of a page, and send it."""
        form = self._form(who, case, page, ending or page)
        return self.desk(who).post(form.action, _pairs(form, chosen))

    def attest(self, who: str, case: Case) -> None:
        """Let an officer say that they have no conflict of interest."""
        self.do(who, case, "names", "/attestation")

    def acknowledge(self, who: str, case: Case) -> None:
        """Let the handler attest and write to the reporter."""
        self.attest(who, case)
        self.do(who, case, "acknowledgement")

    def triage(self, who: str, case: Case, route: str, **chosen: str) -> None:
        """Let the handler choose a route; nobody is at risk but where *chosen* says so."""
        no_risk = dict.fromkeys(("danger", "at_risk", "crime", "evidence"), "no")
        self.do(who, case, "triage", **{**no_risk, "scope": "yes", "route": route, **chosen})

    def parties(self, case: Case) -> list[str]:
        """Return the pseudonyms of everybody whom *case* names."""
        self.cast.db.rollback()
        return sorted(self.cast.db.scalars(select(Party.alias).where(Party.case_id == case.id)))

    def events(self, case: Case) -> list[str]:
        """Return the types of the case's entries in the log, in their order."""
        from conductdesk.audit.queries import entries_of_case  # noqa: PLC0415 - one use

        entries = entries_of_case(self.cast.db, self.key, case.pseudonym, newest_first=False)
        self.cast.db.rollback()
        return [entry.type for entry in entries]

    def _form(self, who: str, case: Case, page: str, ending: str) -> FormSeen:
        shown = self.desk(who).get(_address(case, page))
        assert shown.status_code == 200, (page, shown.status_code)
        for form in forms_on(shown.text):
            form.action = re.sub(r"^(https://localhost)?(/desk)?", "", form.action) or _address(
                case, page
            )
            if form.action.endswith(ending) and form.method.lower() == "post":
                return form
        raise AssertionError(f"no form on {page} goes to …{ending}: {words_of(shown)[:800]}")


def _address(case: Case, page: str) -> str:
    return f"/cases/{case.id}/{page}".rstrip("/")


def _pairs(form: FormSeen, chosen: dict[str, str]) -> dict[str, Any]:
    pairs: dict[str, list[str]] = {}
    for name, value in well_filled(form, lambda name: WORDS, chosen):
        if name != "csrf_token":
            pairs.setdefault(name, []).append(value)
    extra = {name: [value] for name, value in chosen.items() if name not in pairs}
    return {**pairs, **extra}
