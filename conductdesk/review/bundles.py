"""What an export is for, in words that the log may say."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class BundlePurpose(StrEnum):
    """Why entries leave the installation; each export names one of these in the log."""

    AUDIT = "audit"
    REGULATOR = "regulator"
    COURT = "court"
    SAFEKEEPING = "safekeeping"
    TRIAL = "trial"


PURPOSES: Mapping[BundlePurpose, str] = {
    BundlePurpose.AUDIT: "To audit the scheme",
    BundlePurpose.REGULATOR: "A regulator or funder asked for it",
    BundlePurpose.COURT: "A court or the police asked for it",
    BundlePurpose.SAFEKEEPING: "To keep a copy outside",
    BundlePurpose.TRIAL: "To try out the check",
}
"""Each purpose, as the pages say it."""
