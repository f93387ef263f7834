"""Pushed logs: a body with lines or JSON becomes one record, whole or not at all."""

import datetime as dt
import hashlib
import hmac
import secrets
import threading
import zlib
from collections import OrderedDict

import orjson

from sensors.input.counters import Counters
from sensors.input.reading import HEAD_LINES, Reading, Stream
from sensors.log.completion import Completed
from sensors.log.line import Encoding, LineReader, Lines, text_lines
from sensors.record import Outlet, Priority, Record
from situation.clock import Clock
from situation.events.dataset import LOG
from situation.faults import Malformed

BODY_OCTETS = 8 * 2**20
UNPACKED_OCTETS = 32 * 2**20
REMEMBERED_REQUESTS = 10_000
"""Latest requests with a key of their own whose time of receipt an input knows."""
_GZIP_WINDOW = 31
_IDENTITY_OCTETS = 16


class TooLarge(Malformed):
    """A body that is larger, unpacked, than what is taken at once."""


class Push:
    """Takes the pushed bodies of one input; several threads may push at once."""

    def __init__(
        self,
        reading: Reading,
        key: str,
        outlet: Outlet,
        clock: Clock,
        counters: Counters | None = None,
    ) -> None:
        self.counters = counters or Counters()
        self._reading = reading
        self._key = _digest(key)
        self._outlet = outlet
        self._clock = clock
        self._lock = threading.Lock()
        self._first: OrderedDict[str, dt.datetime] = OrderedDict()

    def admits(self, key: str) -> bool:
        """Tell whether `key` is the input's, in a time that does not depend on how alike it is."""
        return hmac.compare_digest(_digest(key), self._key)

    def refuse(self, reason: str) -> None:
        """Count a request that was refused."""
        with self._lock:
            self.counters.refused[reason] += 1

    def take(self, body: bytes, *, is_json: bool, peer: str, repeat_key: str) -> Completed:
        """Hand over the events of an unpacked body and return when they are durable.

        With `repeat_key` the ids are made of it and the body, so that the same request again
        brings nothing twice. Events without a time of their own keep that of the first request,
        since a store looks for an id within its day; a sensor that was started again between the
        two knows it no more. Raises `Malformed` where a JSON array is none, `Unavailable` where
        there is no room; then nothing was taken.
        """
        lines = json_lines(body) if is_json else None
        if lines is None:
            lines = _plain_lines(body, self._reading.encoding)
        identity = _identity(self._reading.source, repeat_key, body)
        received = self._first_received(identity) if repeat_key else self._clock.now()
        completed = self._turned(lines, identity, peer, received)
        if completed.frame.height:
            self._outlet.put(Record(LOG, completed.frame, Priority.LOG))
            self._outlet.sync()
        self._count(completed, lines.count, len(body))
        return completed

    def _first_received(self, identity: str) -> dt.datetime:
        with self._lock:
            received = self._first.setdefault(identity, self._clock.now())
            self._first.move_to_end(identity)
            if len(self._first) > REMEMBERED_REQUESTS:
                self._first.popitem(last=False)
        return received

    def _turned(self, lines: Lines, identity: str, peer: str, received: dt.datetime) -> Completed:
        head = lines.text.head(HEAD_LINES).to_list()
        stream = Stream(self._reading, identity, head, peer=peer)
        return stream.turn(lines, received)

    def _count(self, completed: Completed, lines: int, octets: int) -> None:
        newest = completed.frame["@timestamp"].max() if completed.frame.height else None
        with self._lock:
            counters = self.counters
            counters.accepted += 1
            counters.lines += lines
            counters.octets += octets
            counters.skipped.update(completed.skipped)
            counters.handed_lines += lines - completed.skipped.total()
            counters.events += completed.frame.height
            counters.faults.update(completed.faults)
            if isinstance(newest, dt.datetime):
                counters.last_event = max(newest, counters.last_event or newest)


def unpacked(body: bytes, *, limit: int = UNPACKED_OCTETS) -> bytes:
    """Return what a gzip body holds; raise `Malformed` with its place, or `TooLarge`."""
    pieces: list[bytes] = []
    room, rest = limit + 1, body
    while rest:
        unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            pieces.append(unpacker.decompress(rest, room))
        except zlib.error as error:
            where = f"body, packed octet {len(body) - len(rest)}"
            raise Malformed(f"no gzip from here on ({error})", where=where) from error
        room -= len(pieces[-1])
        if room <= 0:
            raise TooLarge(f"unpacked it is larger than {limit} octets", where="body")
        if not unpacker.eof:
            raise Malformed("gzip is cut short", where=f"body, packed octet {len(body)}")
        rest = unpacker.unused_data
    return b"".join(pieces)


def json_lines(body: bytes) -> Lines | None:
    """Return the elements of a JSON array, or a JSON value over several lines, as lines.

    None for anything else: it is JSON lines. Raises `Malformed` for an array that is none.
    """
    start = body.lstrip()[:1]
    if start not in {b"[", b"{"}:
        return None
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if start == b"{":
            return None
        raise Malformed(error.msg, where=f"body, octet {error.pos}") from error
    return text_lines([_line(one) for one in (found if isinstance(found, list) else [found])])


def _line(element: object) -> str:
    return element if isinstance(element, str) else orjson.dumps(element).decode()


def _plain_lines(body: bytes, encoding: Encoding) -> Lines:
    """Return the lines of a body, numbered by the octet at which each begins."""
    reader = LineReader(encoding=encoding)
    whole = body if body.endswith(b"\n") or not body else body + b"\n"
    return reader.feed(whole)


def _identity(source: str, repeat_key: str, body: bytes) -> str:
    if not repeat_key:
        return f"{source}-{secrets.token_hex(_IDENTITY_OCTETS)}"
    digest = hashlib.blake2b(digest_size=_IDENTITY_OCTETS)
    for part in (source.encode(), repeat_key.encode(), body):
        digest.update(len(part).to_bytes(8) + part)
    return f"{source}-{digest.hexdigest()}"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogateescape")).digest()
