"""Load a pack: choose a file, read its mistakes or what it says in plain words, put it in force."""

from __future__ import annotations

from flask import Response, url_for

from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.schemes.above import above
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.faces import Mistake, PackShown, mistakes_of, pack_shown
from conductdesk.schemes.forms import ActivationForm, PackForm, text_in
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.schemes.reading import PackError, read_pack
from conductdesk.schemes.staging import StagedFile, forget_file, need_file, stage, staged_file
from conductdesk.schemes.views.blueprint import bp
from conductdesk.web import sessions
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, settings


@bp.get("/schemes/pack")
@gate(Permission.ADMINISTER)
def pack(refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask for a file, or show what is in the one that was chosen."""
    file = staged_file()
    shown, mistakes = _what_is_in(file) if file else (None, ())
    return page(
        "schemes/pack.html",
        form=form if isinstance(form, PackForm) else PackForm(formdata=None),
        file=file,
        shown=shown,
        mistakes=mistakes,
        refusal=refusal,
        back_url=url_for("schemes.overview"),
    )


@bp.post("/schemes/pack")
@gate(Permission.ADMINISTER)
@or_show(pack)
def chosen() -> Response:
    """Keep the file that was chosen, and show what is in it."""
    file = text_in(accepted(PackForm()))
    stage(file)
    _shown, mistakes = _what_is_in(file)
    if not mistakes:
        return see_other("schemes.pack")
    answer = pack()
    answer.status_code = 422
    return answer


@bp.post("/schemes/pack/removal")
@gate(Permission.ADMINISTER)
def removed() -> Response:
    """Forget the file."""
    forget_file()
    return see_other("schemes.pack")


@bp.post("/schemes/pack/activation")
@gate(Permission.ADMINISTER)
@or_show(pack)
def activated() -> Response:
    """Put the pack in force that the administrator has just seen."""
    sessions.refresh(db())
    file = need_file()
    if accepted(ActivationForm()).seen.data != file.digest:
        raise Refused("Another file was chosen meanwhile. Look at this one first.")
    loaded = _put_in_force(file)
    forget_file()
    db().commit()
    return see_other("schemes.scheme", scheme=loaded.key, done="activated")


def _put_in_force(file: StagedFile) -> Pack:
    return load_scheme(
        db(),
        file.text,
        file_name=file.name,
        actor=viewer().pseudonym,
        host=settings().host,
        kernel=above().kernel,
    )


def _what_is_in(file: StagedFile) -> tuple[PackShown | None, tuple[Mistake, ...]]:
    try:
        pack = read_pack(file.text, file.name, above().kernel)
    except PackError as error:
        return None, mistakes_of(error)
    present = pack_in_force(db(), pack.key)
    return pack_shown(pack, present, above().names_by_post(db(), pack.key)), ()
