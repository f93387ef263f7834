"""The boundary of an action: whatever it raises becomes one kind of trouble, never the engine's."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from playbooks.action.action import Refused, Unsure
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed, Misconfigured, Unavailable

_LOG = logging.getLogger(__name__)

_NEVER = (Refused, Refusal, Malformed, Misconfigured)
_LATER = (Conflict, Unavailable, StaleDataError, sa.exc.IntegrityError, sa.exc.OperationalError)

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an action did not come to its end.

    `again`: it may do later, not sooner than in `wait_seconds`. `unexpected`: nobody foresaw it,
    so nobody can tell how far it came.
    """

    reason: str
    again: bool = False
    unexpected: bool = False
    wait_seconds: float = 0.0


def tried(do: Callable[[], Made], where: str) -> Made | Trouble:
    """Return what `do` makes, or the trouble that it ran into; `where` names it in the log."""
    try:
        return do()
    except _NEVER as error:
        return Trouble(str(error))
    except Unsure as error:
        return Trouble(str(error), unexpected=True)
    except _LATER as error:
        return Trouble(_said(error), again=True, wait_seconds=getattr(error, "wait_seconds", 0.0))
    except Exception as error:  # noqa: BLE001 - the boundary of a playbook step
        _LOG.exception("an action failed at %s", where)
        return Trouble(type(error).__name__, unexpected=True)


def _said(error: Exception) -> str:
    # A statement with its values is nothing for a log.
    return type(error).__name__ if isinstance(error, sa.exc.DBAPIError) else str(error)
