"""The end of a role: a signal asks for it, and work under way comes to its end."""

import contextlib
import signal
import threading
from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def stop_at_signals() -> Iterator[threading.Event]:
    """Yield an event that is set by the first SIGINT or SIGTERM; a second one ends at once."""
    stop = threading.Event()

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
