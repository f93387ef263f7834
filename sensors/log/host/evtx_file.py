"""Windows event log files (EVTX): one JSON text a record, in the order of the file.

Source: MS-EVEN6 and the form of JSON that the package `evtx` makes of its BinXML.
"""

import itertools
import operator
import pathlib
from collections import Counter
from collections.abc import Iterator

from evtx import PyEvtxParser, PyRecordsIterator

from situation.faults import Malformed

MAGIC = b"ElfFile\x00"
"""First octets of such a file."""

RECORD, CHUNK = "record", "chunk"
"""What can be damaged: one record; a chunk, with an unknown number of records."""

BATCH = 20_000
"""Records in a batch: about 20 MB, for what a batch costs by itself weighs less then."""

_TEXT = operator.itemgetter("data")


def record_texts(path: pathlib.Path, damaged: Counter[str]) -> Iterator[list[str]]:
    """Yield the records of a file in batches; count in `damaged` what could not be read.

    The reading goes on behind a damaged record or chunk. Raises `Malformed` where the file as a
    whole cannot be read.
    """
    records = _records(path)
    batch: list[str] = []
    is_at_end = False
    while not is_at_end:
        try:
            # What came before a fault stays in the batch.
            more = itertools.islice(records, BATCH - len(batch))
            batch.extend(map(_TEXT, more))  # type: ignore[arg-type]  # records are dictionaries
        except RuntimeError as error:
            damaged[CHUNK if "chunk number" in str(error) else RECORD] += 1
            continue
        is_at_end = len(batch) < BATCH
        if batch:
            yield batch
            batch = []


def _records(path: pathlib.Path) -> PyRecordsIterator:
    try:
        return PyEvtxParser(str(path), number_of_threads=1).records_json()
    except (OSError, RuntimeError) as error:
        raise Malformed(f"is no event log that can be read: {error}", where=str(path)) from error
