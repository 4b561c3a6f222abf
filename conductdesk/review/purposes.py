"""What something leaves the desk for, in words that the log may say."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Purpose(StrEnum):
    """What a list, or a bundle, is taken away for; its entry names one of these."""

    SAMPLE = "sample"
    CONTROLS = "controls"
    PAPERS = "papers"
    REPORT = "report"
    AUDIT = "audit"
    REGULATOR = "regulator"
    COURT = "court"
    SAFEKEEPING = "safekeeping"
    TRIAL = "trial"


OF_LISTS: Mapping[Purpose, str] = {
    Purpose.SAMPLE: "To draw a sample, or to draw it again",
    Purpose.CONTROLS: "To test controls",
    Purpose.PAPERS: "For the working papers",
    Purpose.REPORT: "For the report of the audit",
    Purpose.REGULATOR: "For a regulator who asked for it",
}
"""What a list of closed cases can be for, as the pages say it."""

OF_BUNDLES: Mapping[Purpose, str] = {
    Purpose.AUDIT: "To audit the scheme",
    Purpose.REGULATOR: "A regulator or funder asked for it",
    Purpose.COURT: "A court or the police asked for it",
    Purpose.SAFEKEEPING: "To keep a copy outside",
    Purpose.TRIAL: "To try out the check",
}
"""What entries can leave the installation for, as the pages say it."""
