"""The pages of the public face; `bp` is its blueprint, the rest is what its application needs."""

import conductdesk.intake.views.asking
import conductdesk.intake.views.consents
import conductdesk.intake.views.mailbox
import conductdesk.intake.views.note
import conductdesk.intake.views.proof
import conductdesk.intake.views.receipt
import conductdesk.intake.views.rights
import conductdesk.intake.views.sending
import conductdesk.intake.views.treatment
import conductdesk.intake.views.visiting
import conductdesk.intake.views.weekly  # noqa: F401 - each adds its pages to the blueprint
from conductdesk.intake.views.around import load_reporter, public_surroundings
from conductdesk.intake.views.blueprint import bp

__all__ = ["bp", "load_reporter", "public_surroundings"]
