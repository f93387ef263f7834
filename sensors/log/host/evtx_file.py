"""Windows event log files (EVTX): one JSON text a record, in the order of the file.

Source: MS-EVEN6 and the form of JSON that the package `evtx` makes of its BinXML.
"""

import pathlib
from collections import Counter
from collections.abc import Iterator

from evtx import PyEvtxParser

from situation.faults import Malformed

MAGIC = b"ElfFile\x00"
"""First octets of such a file."""

RECORD, CHUNK = "record", "chunk"
"""What can be damaged: one record; a chunk, with an unknown number of records."""

_BATCH = 2000


def record_texts(path: pathlib.Path, damaged: Counter[str]) -> Iterator[list[str]]:
    """Yield the records of a file in batches; count in `damaged` what could not be read.

    The reading goes on behind a damaged record or chunk. Raises `Malformed` where the file as a
    whole cannot be read.
    """
    batch: list[str] = []
    for text in _texts(path, damaged):
        batch.append(text)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _texts(path: pathlib.Path, damaged: Counter[str]) -> Iterator[str]:
    try:
        records = PyEvtxParser(str(path), number_of_threads=1).records_json()
    except (OSError, RuntimeError) as error:
        raise Malformed(f"is no event log that can be read: {error}", where=str(path)) from error
    while True:
        try:
            record = next(records, None)
        except RuntimeError as error:
            damaged[CHUNK if "chunk number" in str(error) else RECORD] += 1
            continue
        if record is None:
            return
        yield record["data"]
