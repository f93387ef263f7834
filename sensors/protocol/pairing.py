"""What was asked, until it is answered: a few requests of one conversation, by their numbers."""

from typing import cast

from sensors.protocol.parser import Fields, Session

_MOST = 32
_KEY = "asked"
_NOTHING: Fields = {}


def ask(session: Session, number: object, asked: Fields) -> None:
    """Remember what a request asked for; of too many the oldest is forgotten."""
    waiting = cast("dict[object, Fields]", session.setdefault(_KEY, {}))
    if len(waiting) >= _MOST:
        del waiting[next(iter(waiting))]
    waiting[number] = asked


def answer(session: Session, number: object) -> Fields:
    """Return what the request asked for, once; nothing where it was not seen."""
    return cast("dict[object, Fields]", session.get(_KEY, {})).pop(number, _NOTHING)
