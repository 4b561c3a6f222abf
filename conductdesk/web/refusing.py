"""Answer a refusal in place: the same page again, 422, with every answer kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import Response, url_for

from conductdesk.refusal import Refused, Stale
from conductdesk.web.form import PageForm
from conductdesk.web.state import db


class Sentence(str):
    """What a refusal says, and the address where it can be mended if that is another page."""

    href = ""

    @classmethod
    def of(cls, error: Refused, arguments: Mapping[str, Any]) -> Sentence:
        """Return the sentence of *error*, on a page with the view's *arguments*."""
        sentence = cls(error)
        if error.page:
            sentence.href = url_for(error.page, case_id=arguments["case_id"])
        return sentence


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
                refusal, form, status = Sentence(), error.form, 422
            except Refused as error:
                refusal, form = Sentence.of(error, arguments), None
                status = 409 if isinstance(error, Stale) else 422
            db().rollback()
            shown = show(**arguments, refusal=refusal, form=form)
            shown.status_code = status
            return shown

        return answer

    return wrap
