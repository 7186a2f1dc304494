"""Reference §1.1: fifteen types, and the direction of each."""

from office.documents.kinds import Direction, Kind, of_direction


def test_there_are_fifteen() -> None:
    assert len(Kind) == 15


def test_requests_and_reports_go_up_and_nowhere_else() -> None:
    assert {each for each in Kind if each.is_upward} == {Kind.REQUEST, Kind.REPORT}


def test_an_opinion_goes_every_way() -> None:
    assert Kind.OPINION.directions == {Direction.UP, Direction.DOWN, Direction.LEVEL}


def test_level_documents_are_letters_and_opinions() -> None:
    assert set(of_direction(Direction.LEVEL)) == {Kind.LETTER, Kind.OPINION}


def test_what_goes_down() -> None:
    assert set(of_direction(Direction.DOWN)) == {
        Kind.RESOLUTION,
        Kind.DECISION,
        Kind.ORDER,
        Kind.COMMUNIQUE,
        Kind.PROCLAMATION,
        Kind.PUBLIC_NOTICE,
        Kind.OPINION,
        Kind.NOTICE,
        Kind.CIRCULAR,
        Kind.REPLY,
        Kind.MINUTES,
    }


def test_a_bill_goes_to_the_congress() -> None:
    assert list(of_direction(Direction.CONGRESS)) == [Kind.BILL]
