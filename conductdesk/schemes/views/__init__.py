"""The administrator's pages about schemes; `bp` is their blueprint."""

import conductdesk.schemes.views.loading
import conductdesk.schemes.views.overview  # noqa: F401 - each adds its pages to the blueprint
from conductdesk.schemes.views.blueprint import bp

__all__ = ["bp"]
