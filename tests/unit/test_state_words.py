from conductdesk.cases.words import STATES, state_tag, state_words
from conductdesk.cases.workflow import State


def test_every_state_has_its_words() -> None:
    assert list(STATES) == list(State)
    assert state_words(State.CARRYING_OUT) == "Carrying out"
    assert state_words("of_another_version") == "of_another_version"


def test_a_state_is_grey_as_long_as_nobody_has_looked_into_the_case() -> None:
    grey = {state for state in State if state_tag(state)[1] == "grey"}
    assert grey == {State.DRAFT, State.RECEIVED, State.ACKNOWLEDGED}
