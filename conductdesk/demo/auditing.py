"""What the auditor did beside the cases: took their list away, and drew a sample."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from conductdesk.cases.models import Sample
from conductdesk.demo.cast import SCHEME
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.actions.sampling import Planned, announce_sample, draw_sample
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.lines import lines_of_population
from conductdesk.review.queries.population import Wanted
from conductdesk.review.rules import Method
from conductdesk.review.sheets import Format

AUDIT_DAY = 6
"""How many days ago the auditor sat down to it."""


def auditing(world: World) -> Story:
    """Tell how the auditor took the list of closed cases away, and drew a sample of them."""
    begun = world.days_ago(AUDIT_DAY, "10:05")
    yield begun
    auditor = world.viewer("auditor")
    lines = lines_of_population(world.db, auditor, Wanted(SCHEME))
    taken = Taken("population", Purpose.SAMPLE, Format.CSV)
    cases = [line.pseudonym for line in lines]
    note_export(world.db, actor=auditor, scheme=SCHEME, taken=taken, cases=cases)
    yield begun + timedelta(minutes=20)
    lines = lines_of_population(world.db, auditor, Wanted(SCHEME))
    planned = Planned(SCHEME, Method.OUTCOME, 3, "The first three numbers of Saturday: 7 19 23")
    announce_sample(world.db, actor=auditor, planned=planned, lines=lines)
    yield begun + timedelta(minutes=21)
    sample = world.db.scalars(select(Sample)).one()
    draw_sample(world.db, world.keystore, actor=auditor, sample=sample)
