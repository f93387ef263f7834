"""Several threads that do the same at the same time."""

import threading
from collections.abc import Callable

from situation.faults import Conflict

THREADS = 6


def together(work: Callable[[], object]) -> tuple[int, int]:
    """Let all threads do the same at once; return how many did it and how many were refused."""
    ready, outcomes = threading.Barrier(THREADS), []

    def one() -> None:
        ready.wait()
        try:
            work()
        except Conflict:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes.count(True), outcomes.count(False)
