"""What a command shows on standard error: progress bars, and one sentence for a fault."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

STAGES = {
    "meter": "Metering packets",
    "compile": "Compiling the meter (first start only)",
    "detect": "Judging flows",
    "scan": "Scanning for classified data",
}

Report = Callable[[str, int, int], None]


@contextlib.contextmanager
def progress(*, quiet: bool = False) -> Iterator[Report]:
    """Yield a function that draws stages as bars on a terminal's standard error."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description:<38}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=max(total, 1))
        bars.update(tasks[stage], completed=done, total=max(total, 1))

    with bars:
        yield report


@contextlib.contextmanager
def live() -> Iterator[Callable[[str], None]]:
    """Yield a function that rewrites one line on a terminal's standard error, else is silent."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _line: None
        return
    with console.status("starting") as status:
        # Reasons of others are shown, and brackets in them are no markup.
        yield lambda line: status.update(Text(line))


def complain(sentence: str) -> None:
    """Write one sentence on standard error."""
    sys.stderr.write(f"citywatch: {sentence}\n")


class _Complaining(logging.Handler):
    """Takes standard error as it is at the moment, which a live line replaces."""

    def emit(self, record: logging.LogRecord) -> None:
        complain(self.format(record))


def tell_log() -> None:
    """Show what the parts of the program log on standard error, in its own form."""
    log = logging.getLogger("citywatch")
    log.setLevel(logging.INFO)
    if not log.handlers:
        log.addHandler(_Complaining())


def say(line: str = "") -> None:
    """Write one line on standard output."""
    sys.stdout.write(f"{line}\n")
