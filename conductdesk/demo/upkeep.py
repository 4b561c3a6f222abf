"""What the worker did while the stories went on: the same jobs, at fewer moments."""

from __future__ import annotations

from conductdesk.cases.jobs import case_jobs
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import BEGAN, World

WEEK = 7
DAILY = 14
"""From how many days ago on the jobs run every night."""


def upkeep(world: World) -> Story:
    """Tell how the jobs about cases ran, at night: weekly long ago, and lately every night."""
    for days in (*range(BEGAN - 1, DAILY, -WEEK), *range(DAILY, 0, -1)):
        yield world.days_ago(days, "03:30")
        for job in case_jobs(world.database, world.keystore):
            job.run()
