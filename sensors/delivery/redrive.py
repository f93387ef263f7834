"""Redrive: dead letters go back through the spool, once the reason for the refusal is gone.

Whoever asks moves a file of letters aside, in one step; whoever holds the spool takes it up. What
was not asked for returns to the dead letters first. Then the rest is put with a place of its own,
so that a worker that is killed in between neither loses nor repeats it.
"""

import datetime as dt
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from sensors.delivery.dead import SUFFIX, DeadLetters, Letter, letters_of, line_of, locked
from sensors.record import Priority, Record
from sensors.spool.disk import LocalDisk
from sensors.spool.spool import Spool
from situation.events.document import ISO
from situation.fields import BY_NAME, REST, Kind

FOLDER = "redrive"
SELECTION = ".select"

_DONE = "done"
_MILLISECOND = dt.timedelta(milliseconds=1)


def ask(dead: DeadLetters, reason: str, now: dt.datetime) -> int:
    """Set aside the letters whose reason holds `reason` (empty: all); return how many."""
    if not dead.files():
        return 0
    aside = dead.folder / FOLDER
    aside.mkdir(exist_ok=True)
    asked = 0
    with locked(dead.folder):
        for path in dead.files():
            chosen = sum(reason in letter.reason for letter in letters_of(path))
            if chosen:
                target = aside / f"{path.stem}-{now.timestamp():.3f}{SUFFIX}"
                selection = json.dumps(reason, ensure_ascii=False).encode()
                LocalDisk().replace(target.with_suffix(SELECTION), selection)
                path.rename(target)
                asked += chosen
    return asked


def set_aside(folder: pathlib.Path) -> list[pathlib.Path]:
    """Return the files in a folder of dead letters that nobody has taken up yet."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))


def take_up(dead: DeadLetters, spool: Spool) -> int:
    """Put into the spool what was set aside; return how many documents.

    Raises `Unavailable` where the spool takes nothing now; the next call goes on.
    """
    disk, put = LocalDisk(), 0
    for path in set_aside(dead.folder):
        source = f"{FOLDER}/{path.name}"
        if spool.place(source) is None:
            put += _put(dead, spool, path, source)
        disk.unlink(path)
        disk.unlink(path.with_suffix(SELECTION))
        spool.put(Record("", pl.DataFrame(), Priority.ALERT, places={source: ""}))
    return put


def frame_of(letters: Iterable[Letter]) -> pl.DataFrame:
    """Return documents as the columns they were; what is not declared joins the rest.

    A value that does not fit its column's type leaves the column as it is told, for the store to
    refuse again.
    """
    rows = [_row(letter.document) for letter in letters]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _put(dead: DeadLetters, spool: Spool, path: pathlib.Path, source: str) -> int:
    selection = path.with_suffix(SELECTION)
    reason = json.loads(selection.read_bytes()) if selection.exists() else ""
    chosen: list[Letter] = []
    rest: list[Letter] = []
    for letter in letters_of(path):
        (chosen if reason in letter.reason else rest).append(letter)
    if rest:
        name = "-".join(path.stem.split("-")[:2])
        LocalDisk().replace(dead.folder / f"{name}{SUFFIX}", b"".join(map(line_of, rest)))
    for dataset, together, is_last in _by_dataset(chosen):
        places = {source: _DONE} if is_last else {}
        spool.put(Record(dataset, frame_of(together), Priority.LOG, places=places))
    spool.sync()
    return len(chosen)


def _by_dataset(letters: Sequence[Letter]) -> Iterator[tuple[str, list[Letter], bool]]:
    datasets = list(dict.fromkeys(letter.dataset for letter in letters))
    for dataset in datasets:
        together = [letter for letter in letters if letter.dataset == dataset]
        yield dataset, together, dataset == datasets[-1]


def _row(document: dict[str, object]) -> dict[str, object]:
    row = {name: value for name, value in document.items() if name in BY_NAME or name == REST}
    further = {name: value for name, value in document.items() if name not in row}
    if further:
        rest = row.get(REST)
        known = json.loads(rest) if isinstance(rest, str) else {}
        row[REST] = json.dumps(known | further, ensure_ascii=False)
    return row


def _column(name: str, values: list[object]) -> pl.Series:
    if name == REST:
        return pl.Series(name, values, dtype=pl.String())
    field = BY_NAME[name]
    try:
        if field.kind is Kind.DATE:
            text = pl.Series(name, values, dtype=pl.String())
            return text.str.to_datetime(ISO, time_unit="ns", time_zone="UTC")
        return pl.Series(name, values, dtype=field.polars_type, strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError):
        return pl.Series(name, values, strict=False)
