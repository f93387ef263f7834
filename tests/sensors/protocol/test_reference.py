"""Web and mail in public captures: what Zeek and Arkime read out of them, and we alike."""

import functools
import json
import pathlib
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sensors.metering import Metering
from situation.fields import REST
from tests.sensors.reference import arkime, zeek
from tests.testdata import testdata

Ends = tuple[str, int, str, int]
Record = Mapping[str, object]
Told = tuple[object, ...]

ZEEK: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "http.log": (
        ("method", "uri", "user_agent", "status_code"),
        ("http.request.method", "url.original", "user_agent.original", "http.response.status_code"),
    ),
    "ftp.log": (
        ("user", "command", "reply_code", "data_channel.resp_p"),
        ("user.name", "ftp.command", "ftp.reply_code", "ftp.data_channel.port"),
    ),
    "smtp.log": (
        ("helo", "mailfrom", "subject", "last_reply", "date"),
        ("smtp.helo", "smtp.mail_from", "email.subject", "smtp.reply", "email.date"),
    ),
}
"""Columns of a log and the fields that say the same."""
ARKIME: Mapping[str, tuple[str, ...]] = {
    "http.method": ("http.request.method",),
    "http.statuscode": ("http.response.status_code",),
    "http.useragent": ("user_agent.original",),
    "http.path": ("url.path",),
    "email.subject": ("email.subject",),
    "email.dst": ("smtp.recipients", "email.to.address", "email.cc.address"),
    "email.id": ("email.message_id",),
}
UNLIKE: Mapping[str, str] = {
    "arkime_synthetic": "mails that IMAP and POP3 fetch are not read, only the commands",
    "sctp-www": "payloads of SCTP are not read",
    "smtp-moloch-bof": "a client that waits for no reply sends its mail before DATA is taken",
    "socks5-http-302-frag": "the request lies in fragments of IP, which are not joined",
}
"""Captures of Arkime of which we say something else, and why."""


@functools.cache
def records(capture: pathlib.Path) -> Mapping[Ends, list[Record]]:
    """Return the records of a capture by client and server."""
    found: dict[Ends, list[Record]] = defaultdict(list)
    for batch in Metering([capture], observer="test").batches():
        for row in batch.events.iter_rows(named=True):
            source, destination = (
                (str(row[f"{side}.ip"]), int(row[f"{side}.port"]))
                for side in ("source", "destination")
            )
            found[*source, *destination].append({**row, **json.loads(row.get(REST) or "{}")})
    return found


def _logs() -> Iterator[tuple[str, str, pathlib.Path]]:
    folder = pathlib.Path("expected")
    for row in zeek.tests():
        for name in ZEEK:
            if name in row["logs"].split():
                yield row["capture"], name, folder / row["test"] / name


def test_requests_commands_and_mails_are_those_of_zeek() -> None:
    compared = Counter[str]()
    for capture, name, path in _logs():
        columns, fields = ZEEK[name]
        ours = records(testdata("captures", "zeek", "pcap", *capture.split("/")))
        for row in zeek.log(testdata("captures", "zeek", *path.parts)):
            ends = (
                row["id.orig_h"], int(row["id.orig_p"]), row["id.resp_h"], int(row["id.resp_p"]),
            )  # fmt: skip
            theirs = tuple(row.get(column, "-") for column in columns)
            mine = [_told(record, fields) for record in ours.get(ends, ())]
            assert any(_alike(theirs, told) for told in mine), (capture, theirs, mine)
            compared[name] += 1
    assert compared.total() >= 10
    assert set(compared) == set(ZEEK)


def _told(record: Record, fields: Sequence[str]) -> Told:
    return tuple(record.get(field) for field in fields)


def _alike(theirs: Sequence[str], mine: Told) -> bool:
    """Tell whether we say all that they say.

    Zeek gives an answer of HTTP/0.9 the status 0, and decodes what is escaped in an address.
    """
    nothing = ("-", "(empty)", "0")
    return all(
        said in (*nothing, str(own), urllib.parse.unquote(str(own)))
        for said, own in zip(theirs, mine, strict=True)
    )


def _sessions() -> Iterator[tuple[pathlib.Path, Mapping[str, object]]]:
    for expected in sorted(testdata("captures", "arkime").glob("*.test")):
        for session in arkime.sessions(expected):
            if "http" in session or "email" in session:
                yield expected.with_suffix(".pcap"), session


def _values(session: Mapping[str, object], name: str) -> set[object]:
    group, _, field = name.partition(".")
    inner = session.get(group)
    values = inner.get(field, ()) if isinstance(inner, dict) else ()
    return {value for value in values if value != ""}


def _mine(record: Record, fields: Sequence[str]) -> Iterator[object]:
    for field in fields:
        value = record.get(field)
        yield from value if isinstance(value, list) else [value]


def test_requests_and_mails_are_those_of_arkime() -> None:
    compared, unlike = 0, Counter[str]()
    for capture, session in _sessions():
        ours = records(capture)
        source, destination = session["source"], session["destination"]
        assert isinstance(source, dict)
        assert isinstance(destination, dict)
        ends = (source["ip"], source["port"], destination["ip"], destination["port"])
        for name, fields in ARKIME.items():
            theirs = _values(session, name)
            mine = {value for record in ours.get(ends, ()) for value in _mine(record, fields)}
            compared += len(theirs)
            if theirs - mine:
                unlike[capture.stem] += len(theirs - mine)
    assert set(unlike) == set(UNLIKE)
    assert compared > 100
