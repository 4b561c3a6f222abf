"""The words that a pack may not use as keys are those that mean something already."""

from __future__ import annotations

from conductdesk.audit.models import INSTALLATION
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN
from conductdesk.schemes.checking_keys import TAKEN_ADDRESSES, TAKEN_OFFICES, TAKEN_OUTCOMES
from conductdesk.schemes.reading import REQUEST
from conductdesk.web.mount import DESK
from tests.conftest import Faces


def test_no_scheme_takes_an_address_that_leads_somewhere_already(faces: Faces) -> None:
    begins = {rule.rule.split("/")[1] for rule in faces.public.url_map.iter_rules()}
    taken = {word for word in begins if word and not word.startswith("<")}
    under_schemes = {
        rule.rule.split("/")[2]
        for rule in faces.desk.url_map.iter_rules()
        if rule.rule.startswith("/schemes/")
    }
    pages = {word for word in under_schemes if not word.startswith("<")}
    assert taken | pages | {DESK.strip("/"), INSTALLATION} <= TAKEN_ADDRESSES


def test_no_office_and_no_outcome_takes_a_word_that_the_forms_use() -> None:
    assert frozenset({NO_POST, POST_UNKNOWN}) == TAKEN_OFFICES
    assert frozenset({REQUEST.key}) == TAKEN_OUTCOMES
