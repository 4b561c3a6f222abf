"""The Brokerage in its scenarios: invented officers, and who is named there."""

from __future__ import annotations

from tests.scenarios.conftest import Officers

OFFICERS: Officers = {
    "manager": ("manager", "Perpetua Ashgrove"),
    "deputy": ("deputy", "Lucasta Merriweather"),
    "protector": ("child_protection", "Osbert Fennimore"),
    "second_protector": ("child_protection", "Ottoline Harkaway"),
    "director": ("director", "Hildebrand Overstrand"),
    "trustee": ("trustee", "Cordelia Wexcombe"),
    "outside": ("outside", "Ambrose Tattersall"),
}
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
MENTEE = ("Clementine Quill", "respondent", "none")
NOTHING_ELSE = {"relationship": "no", "under_18_contact": "no"}
