"""What came of sending a message once."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["delivered", "again", "refused", "limited", "gone"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; what the other side said is kept as a class of error alone.

    delivered; again: it may do later; refused: it never will; limited: too much at once;
    gone: the address is no more. `wait_seconds` is how long the other side wants us to wait.
    """

    kind: Kind
    status: int | None = None
    error: str = ""
    wait_seconds: float = 0.0


DELIVERED = Outcome("delivered")
