"""Each scheme of the packs that come with ConductDesk, with somebody in every office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from sqlalchemy.orm import Session

from conductdesk.vault.keystore import Keystore
from tests.cast import make_cast
from tests.conftest import Faces
from tests.packs import pack_source
from tests.scenarios.replaying import replay_all
from tests.scenarios.scheme import Scheme

Officers = Mapping[str, tuple[str, str]]


@pytest.fixture
def open_scheme(
    db: Session, keystore: Keystore, faces: Faces
) -> Iterator[Callable[[str, Officers], Scheme]]:
    """Return what loads a pack and puts invented people into its offices.

    Whatever they do then must pass the replay of the stand-alone verifier.
    """

    def load(key: str, officers: Officers) -> Scheme:
        return Scheme(make_cast(db, keystore, pack_source(key), officers), faces)

    yield load
    replay_all(db)
