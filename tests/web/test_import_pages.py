"""The pages on which a file is imported: upload, preview, import."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import TestResponse

from conductdesk.participants.models import Participant, RegisterUpload
from conductdesk.settings import Settings
from tests.actions.register_steps import GROUPS, PEOPLE, TIES, Kept, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import AtTheDesk, words_of

HOME = "/participants/wcc"


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


@pytest.fixture
def kept(cast: Cast) -> Kept:
    return begun(cast)


def upload(officer: AtTheDesk, text: str, name: str = "people.csv") -> TestResponse:
    officer.get(f"{HOME}/imports/new")
    return officer.post(f"{HOME}/imports", {"file": (io.BytesIO(text.encode()), name)})


def test_a_file_is_uploaded_looked_at_and_imported(cast: Cast, kept: Kept, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    for text in (PEOPLE, GROUPS, TIES):
        place = upload(officer, text).headers["Location"]
        assert "New" in words_of(officer.get(place))
        assert officer.post(place).headers["Location"] == f"{HOME}?done=imported"
    listed = words_of(officer.get(f"{HOME}?done=imported"))
    assert "The file is imported." in listed
    assert "3 people" in listed
    assert cast.db.query(RegisterUpload).count() == 0
    place = upload(officer, PEOPLE).headers["Location"]
    assert "There is nothing to import" in words_of(officer.get(place))
    assert officer.post(place).status_code == 422


def test_mistakes_in_a_file_are_shown_with_their_place_and_nothing_is_imported(
    cast: Cast, kept: Kept, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    place = upload(officer, PEOPLE + "M-4,,mentor,nowhere,,17,,\n").headers["Location"]
    shown = words_of(officer.get(place))
    assert "Row 5 name This cell is empty. Every row needs a name." in shown
    assert "no age band" in shown
    assert "Mistakes 3" in shown
    assert officer.post(place).status_code == 422
    assert cast.db.query(Participant).count() == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "empty"), ("name,role\nA,mentor", "first row"), ("ref,name,role,shoe\n", "“shoe”")],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    kept: Kept, sign_in: SignIn, text: str, sentence: str
) -> None:
    sent = upload(sign_in("liaison"), text)
    assert sent.status_code == 422
    assert sentence in words_of(sent)
    assert 'href="#file"' in sent.text


def test_without_a_file_it_is_asked_for(kept: Kept, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    officer.get(f"{HOME}/imports/new")
    sent = officer.post(f"{HOME}/imports", {})
    assert (sent.status_code, "Choose a file" in words_of(sent)) == (422, True)


def test_a_file_of_somebody_else_or_of_before_is_not_kept(kept: Kept, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    place = upload(officer, PEOPLE).headers["Location"]
    other = sign_in("chair")
    assert "not kept any more" in words_of(other.get(place))
    assert other.post(place).status_code == 422
    officer.get(place)
    officer.post(place)
    assert "not kept any more" in words_of(officer.get(place))


def test_somebody_who_watches_an_import_is_told_how_far_it_is(kept: Kept, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    place = upload(officer, PEOPLE).headers["Location"]
    asked = {"HX-Request": "true"}
    assert (
        "0 rows are ready"
        in officer.client.get(place, headers=asked, base_url="https://localhost").text
    )
    officer.get(place)
    officer.post(place)
    after = officer.client.get(place, headers=asked, base_url="https://localhost").text
    assert "The file is imported." in after
    assert "hx-get" not in after


@pytest.mark.parametrize("kind", ["participants", "groups", "ties"])
def test_there_is_a_file_to_begin_with_for_each_kind(
    kept: Kept, sign_in: SignIn, kind: str
) -> None:
    officer = sign_in("liaison")
    sent = officer.get(f"{HOME}/templates/{kind}")
    assert sent.text.startswith(("ref,", "group,"))
    assert "attachment" in sent.headers["Content-Disposition"]
    assert officer.get(f"{HOME}/templates/cases").status_code == 404


def test_a_long_list_has_pages(cast: Cast, kept: Kept, sign_in: SignIn) -> None:
    lines = "".join(f"R-{n},Person Number{n:03},mentee\n" for n in range(120))
    officer = sign_in("liaison")
    place = upload(officer, f"ref,name,role\n{lines}").headers["Location"]
    officer.get(place)
    officer.post(place)
    first = words_of(officer.get(HOME))
    assert "120 people, 50 of them here" in first
    assert "Number000" in first
    assert "Number119" in words_of(officer.get(f"{HOME}?page=3"))
    assert officer.get(f"{HOME}?page=x").status_code == 200
    found = words_of(officer.post(f"{HOME}/search", {"text": "number"}))
    assert "120 people, 50 of them here" in found


def test_nothing_that_was_imported_or_typed_lies_in_clear(
    kept: Kept, sign_in: SignIn, settings: Settings
) -> None:
    officer = sign_in("liaison")
    place = upload(officer, PEOPLE).headers["Location"]
    assert words_found(settings) == []
    officer.get(place)
    officer.post(place)
    officer.post(f"{HOME}/search", {"text": "Thistlewood"})
    assert words_found(settings) == []
    assert b"Isolde Brackenthwaite" in whole_folder(settings)  # the search does find


def words_found(settings: Settings) -> list[bytes]:
    left = whole_folder(settings)
    words = (b"Thistlewood", b"Barnaby", b"Quill", b"members.example", b"M-1", b"north", b"2026-03")
    return [word for word in words if word in left]


def whole_folder(settings: Settings) -> bytes:
    files = [path for path in settings.data.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)
