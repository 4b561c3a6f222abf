"""Answer a refusal in place: the same page again, 422, with every answer kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, request, url_for

from conductdesk.refusal import Refused, Stale
from conductdesk.web.form import PageForm
from conductdesk.web.state import db

Form = TypeVar("Form", bound=PageForm)
View = Callable[..., Response]


class NotAcceptedError(Exception):
    """A form was sent with mistakes in it."""

    def __init__(self, form: PageForm) -> None:
        super().__init__(f"{type(form).__name__} has mistakes")
        self.form = form


def accepted(form: Form) -> Form:
    """Return *form* when all of it is well filled in, else raise `NotAcceptedError`."""
    if not form.validate():
        raise NotAcceptedError(form)
    return form


def or_show(show: View) -> Callable[[View], View]:
    """Show the page of *show* again when the view refuses: `show(**arguments, refusal=, form=)`.

    *show* is called with the view's own arguments, the refusal's sentence (empty where the form
    itself says what is wrong) and the form with its mistakes (None where the form was well).
    Nothing of what the view began is kept.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(**arguments: Any) -> Response:
            try:
                return view(**arguments)
            except NotAcceptedError as error:
                refusal, form, status = "", error.form, 422
            except Refused as error:
                refusal, form, g.mended_at = str(error), None, _address(error.page)
                status = 409 if isinstance(error, Stale) else 422
            db().rollback()
            shown = show(**arguments, refusal=refusal, form=form)
            shown.status_code = status
            return shown

        return answer

    return wrap


def mended_at() -> str:
    """Return where that can be mended for which this request is refused; empty: on this page."""
    return cast(str, g.get("mended_at", ""))


def _address(page: str) -> str:
    """Return the address of a *page* about the same thing as this one; empty where there is none."""
    here = request.view_args or {}
    wanted = next(current_app.url_map.iter_rules(page)).arguments if page else set()
    if not page or not wanted <= here.keys():
        return ""
    return url_for(page, **{name: here[name] for name in wanted})
