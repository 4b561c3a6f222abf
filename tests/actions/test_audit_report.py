"""The report of an audit: what it rests on, its entry in the log, and a PDF that anybody can read."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from conductdesk.audit.record import read_head
from conductdesk.cases.models import Case, Sample
from conductdesk.people.actions.offices import appoint_auditor
from conductdesk.refusal import Refused
from conductdesk.review.actions.engaging import Period, report_audit
from conductdesk.review.actions.papers import Checked, keep_paper, sign_paper
from conductdesk.review.actions.sampling import Planned, announce_sample, draw_sample
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.faces.samples import sample_shown
from conductdesk.review.pdf import as_pdf
from conductdesk.review.queries.lines import lines_of_population
from conductdesk.review.queries.population import Wanted
from conductdesk.review.rules import Method
from tests.actions.audit_steps import SEEN, begun, in_days, proven, report
from tests.actions.closing_steps import closed, types_of, verified
from tests.cast import Cast
from tests.conftest import Faces
from tests.log_reading import entry_at
from tests.web.desk_visitor import AtTheDesk, words_of


def newest_pub(cast: Cast) -> tuple[str, dict[str, Any]]:
    entry = entry_at(cast.db, "wcc", read_head(cast.db, "wcc").size - 1)
    cast.db.rollback()
    assert entry is not None
    return entry.type, dict(entry.pub)


def test_a_report_has_the_findings_of_its_period_and_leaves_its_hash(cast: Cast) -> None:
    case = closed(cast)
    proven(cast, case)
    engagement = begun(cast)
    shown = report(cast, engagement)
    assert shown.population == 1
    assert [one.finding.observation for one in shown.findings] == [SEEN]
    assert [one.seen_on for one in shown.findings] == [case.code_name]
    counts = {"population": 1, "cases": 1, "papers": 0, "findings": 1}
    assert shown.counts.items() >= counts.items()
    assert shown.counts["controls"] == len(CONTROLS)
    pdf, actor = b"a report", cast.viewer("auditor")
    told: dict[str, Any] = {"engagement": engagement, "pdf": pdf, "counts": shown.counts}
    with pytest.raises(Refused):
        report_audit(cast.db, actor=actor, opinion="splendid", **told)
    sha256 = report_audit(cast.db, actor=actor, opinion="improvements", **told)
    cast.db.commit()
    assert sha256 == hashlib.sha256(pdf).hexdigest()
    kind, pub = newest_pub(cast)
    assert kind == "audit.reported"
    assert pub.items() >= {"sha256": sha256, "opinion": "improvements", **counts}.items()
    report_audit(
        cast.db,
        actor=actor,
        opinion="effective",
        engagement=engagement,
        pdf=b"another",
        counts=shown.counts,
    )
    cast.db.commit()
    assert newest_pub(cast)[1]["replaces"] == sha256
    assert verified(cast).problem is None


def test_nobody_reports_on_the_audit_of_another_or_sees_their_draws(cast: Cast) -> None:
    closed(cast)
    engagement = begun(cast)
    told: dict[str, Any] = {"opinion": "effective", "pdf": b"a report", "counts": {}}
    drawn_by(cast, "auditor", 1)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    other = cast.viewer("outsider")
    with pytest.raises(Refused, match="began"):
        report_audit(cast.db, actor=other, engagement=engagement, **told)
    assert engagement.report_sha256 is None
    assert [one.drawn for one in report(cast, engagement).samples] == [1]
    seen = report(cast, engagement, "outsider")
    assert (seen.mine, seen.samples) == (False, ())


def drawn_by(cast: Cast, who: str, size: int) -> Sample:
    viewer, planned = cast.viewer(who), Planned("wcc", Method.RANDOM, size)
    lines = lines_of_population(cast.db, viewer, Wanted("wcc"))
    sample = announce_sample(cast.db, actor=viewer, planned=planned, lines=lines)
    cast.db.commit()
    draw_sample(cast.db, cast.keystore, actor=viewer, sample=sample)
    cast.db.commit()
    return sample


@pytest.mark.both_backends
def test_a_report_says_how_much_of_each_sample_was_looked_at(cast: Cast) -> None:
    case, _other = closed(cast), closed(cast)
    engagement = begun(cast)
    viewer, sample = cast.viewer("auditor"), drawn_by(cast, "auditor", 2)
    sheet = {line.key: Checked("yes") for line in cast.pack.checklist}
    cast.let("auditor", case, keep_paper, sheet=sheet)
    cast.let("auditor", case, sign_paper)
    face = sample_shown(cast.db, viewer, sample)
    assert {one.name: one.paper for one in face.cases}[case.code_name] == "Signed off"
    assert sorted(one.paper for one in face.cases) == ["Not begun", "Signed off"]
    shown = report(cast, engagement)
    assert [(one.number, one.drawn, one.population, one.signed) for one in shown.samples] == [
        (1, 2, 2, 1)
    ]
    assert [one.answers for one in shown.cases] == ["Yes: 18, No: 0, Does not apply: 0"]


def test_a_case_outside_the_period_is_in_no_report(cast: Cast) -> None:
    proven(cast, closed(cast))
    shown = report(cast, begun(cast, days=-1))
    assert (shown.population, shown.cases, shown.findings) == (0, (), ())


def test_only_an_auditor_of_the_scheme_begins_an_audit(cast: Cast) -> None:
    for who in ("liaison", "outsider", "administrator"):
        with pytest.raises(Refused, match="do not audit"):
            begun(cast, who)
    with pytest.raises(Refused, match="before the first"):
        Period("wcc", in_days(0), in_days(-1))


def a_report_pdf(cast: Cast, faces: Faces, case: Case) -> bytes:
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    engagement = begun(cast)
    under = f"/review/audits/{engagement.id}"
    auditor.get("/review/audits")
    auditor.post(f"{under}/reports", {"opinion": "effective"})
    cast.db.rollback()
    assert "case.reviewed" in types_of(cast, case)  # whoever only sends the form leaves it too
    page = auditor.get(under)
    assert SEEN in words_of(page)
    wrong = auditor.post(f"{under}/reports", {"opinion": "effective"})
    assert wrong.status_code == 422
    assert "Write the conclusion" in words_of(wrong)
    told = {"opinion": "effective", "conclusion": "It is <b>well</b> done."}
    sent = auditor.post(f"{under}/reports", told)
    assert sent.mimetype == "application/pdf"
    assert newest_pub(cast)[1]["sha256"] == hashlib.sha256(sent.data).hexdigest()
    assert "Reported on" in auditor.get(under).text
    assert case.code_name in page.text
    assert "Thistlewood" not in page.text
    assert "Marigold" not in page.text
    return bytes(sent.data)


def headings(node: Any, found: list[str]) -> list[str]:
    """Return the kinds of the structure's elements, in their order."""
    kind = node.get("/S")
    if kind is not None:
        found.append(str(kind))
    below = node.get("/K")
    for one in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(one, pikepdf.Dictionary):
            headings(one, found)
    return found


def test_the_pdf_has_a_title_a_language_a_structure_and_headings(cast: Cast, faces: Faces) -> None:
    case = closed(cast)
    proven(cast, case)
    with pikepdf.open(io.BytesIO(a_report_pdf(cast, faces, case))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Audit of WCC UK mentoring"
        assert str(pdf.Root["/Lang"]) == "en"
        assert bool(pdf.Root["/MarkInfo"]["/Marked"])
        assert bool(pdf.Root["/ViewerPreferences"]["/DisplayDocTitle"])
        assert "pdfuaid:part" in pdf.open_metadata()
        kinds = headings(pdf.Root["/StructTreeRoot"], [])
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") >= 6
        assert {"/Table", "/TH", "/TD", "/P"} <= set(kinds)


def test_a_report_loads_nothing_from_anywhere(cast: Cast) -> None:
    with pytest.raises(FatalURLFetchingError):
        as_pdf('<html lang="en"><title>x</title><img alt="" src="file:///etc/hostname">')
