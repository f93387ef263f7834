"""Fields of flows beside those of other programs: identity, flags, times, states, histories.

Where they differ by design: Zeek leaves the ACK that follows the last FIN out of a duration and
writes letters of a history again, and does not know DHCPv6 servers by their port; Arkime hashes
ports of 0 where a protocol has none.
"""

import csv
import datetime as dt
import sys
from collections import defaultdict

import pytest

from sensors.frame.vocabulary import transport_names
from situation.fields import TCP_FLAGS
from tests.sensors.reference import arkime, ipfixprobe, zeek
from tests.sensors.reference.agreement import (
    WAYS,
    Agreement,
    Row,
    conversations,
    flag_count,
    key_of,
)
from tests.sensors.reference.ladder import WITHOUT_SCTP, Key
from tests.testdata import testdata

MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000
WITHOUT_PORTS = ("esp", "ah")
COUNTED = ("fin", "rst", "psh", "urg", "ece", "cwr")


def told(agreement: Agreement, capsys: pytest.CaptureFixture[str]) -> str:
    """Print what agrees, and return what does not."""
    with capsys.disabled():
        sys.stdout.write(f"\n{agreement}\n")
    return "\n".join(f"{name}: {text}" for name, text in agreement.missed)


def compare_sessions(agreement: Agreement, key: Key, theirs: list[Row], ours: list[Row]) -> None:
    """Compare sessions of Arkime with our records of the same conversation."""
    first = min(session["firstPacket"] for session in theirs)
    agreement.compare("first", key, first, [row["event.start"] // MILLISECOND for row in ours])
    identity = theirs[0]["network"].get("community_id")
    if identity is not None and key[0] not in WITHOUT_PORTS:
        agreement.compare("community", key, identity, [r["network.community_id"] for r in ours])
    if key[0] != "tcp":
        return
    for flag in COUNTED:
        count = sum(session["tcpflags"][flag] for session in theirs)
        agreement.compare("flags", (key, flag), count, [flag_count(ours, flag)])
    syns = sum(session["tcpflags"][name] for session in theirs for name in ("syn", "syn-ack"))
    agreement.compare("flags", (key, "syn"), syns, [flag_count(ours, "syn")])


def test_identity_flags_and_times_are_those_of_arkime(capsys: pytest.CaptureFixture[str]) -> None:
    names, agreement = transport_names(), Agreement("Arkime")
    for expected in sorted(testdata("captures", "arkime").glob("*.test")):
        ours = conversations(expected.with_suffix(".pcap"))
        theirs: dict[Key, list[Row]] = defaultdict(list)
        for body in arkime.sessions(expected):
            sides = [body["source"], body["destination"]]
            ends = [(side["ip"], side.get("port", 0)) for side in sides]
            theirs[key_of(names[body["ipProtocol"]], ends)].append(body)
        for key in theirs.keys() & ours.keys():
            compare_sessions(agreement, key, theirs[key], ours[key])
    missed = told(agreement, capsys)
    assert agreement.share("flags") == 1.0, missed
    assert agreement.share("community") >= 0.995, missed
    assert agreement.share("first") >= 0.99, missed


def letters(history: str | None, how: str) -> str:
    """Return the letters of a history, each once; those of checksums where Zeek verified them."""
    found = "".join(dict.fromkeys(history or "")).replace("-", "")
    return found if how.startswith("checksums verified") else found.translate({67: None, 99: None})


def compare_connection(agreement: Agreement, where: str, theirs: Row, ours: Row, how: str) -> None:
    """Compare a connection of Zeek with our record."""
    state, history = ours["citywatch.flow.state"], ours["citywatch.flow.history"]
    agreement.compare("state", where, theirs["conn_state"], [state])
    agreement.compare("history", where, letters(theirs["history"], how), [letters(history, how)])
    ends = [ours[f"citywatch.flow.{way}.last"] for way in WAYS]
    times = [(end - ours["event.start"]) / SECOND for end in ends if end is not None]
    if theirs["duration"] != "-":
        duration = float(theirs["duration"])
        near = [duration for time in times if abs(time - duration) <= MILLISECOND / SECOND]
        agreement.compare("duration", (where, times), duration, near)


def ends_of(row: Row) -> list[tuple[str, int]]:
    """Return originator and responder of a connection of Zeek."""
    return [(row[f"id.{side}_h"], int(row[f"id.{side}_p"])) for side in ("orig", "resp")]


def test_states_histories_and_durations_are_those_of_zeek(
    capsys: pytest.CaptureFixture[str],
) -> None:
    agreement = Agreement("Zeek")
    for test in zeek.tests():
        conn = testdata("captures", "zeek", "expected", test["test"]) / "conn.log"
        if not conn.exists():
            continue
        capture = testdata("captures", "zeek", "pcap", test["capture"])
        ours = conversations(capture, WITHOUT_SCTP)
        for row in zeek.log(conn):
            found = ours.get(key_of(row["proto"], ends_of(row), WITHOUT_SCTP), [])
            if len(found) == 1:
                how = test["how Zeek was run"]
                compare_connection(agreement, f"{test['capture']} {row['uid']}", row, found[0], how)
    missed = told(agreement, capsys)
    assert agreement.share("state") >= 0.98, missed
    assert agreement.share("history") >= 0.95, missed
    assert agreement.share("duration") >= 0.98, missed


def moment(text: str) -> int:
    """Return a time of ipfixprobe in microseconds."""
    return round(dt.datetime.fromisoformat(f"{text}+00:00").timestamp() * 1_000_000)


def flag_octet(rows: list[Row]) -> int:
    """Return all flags that were set as one octet."""
    return sum(1 << bit for bit, flag in enumerate(TCP_FLAGS) if flag_count(rows, flag))


def test_times_and_flags_are_those_of_ipfixprobe(capsys: pytest.CaptureFixture[str]) -> None:
    names, agreement = transport_names(), Agreement("ipfixprobe")
    folder = testdata("vectors", "ipfixprobe")
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            ours = conversations(folder / "inputs" / line["input"])
            theirs: dict[Key, list[Row]] = defaultdict(list)
            for row in ipfixprobe.rows(folder / "expected" / line["expected"]):
                ends = [(row[f"{side}_IP"], int(row[f"{side}_PORT"])) for side in ("SRC", "DST")]
                theirs[key_of(names[int(row["PROTOCOL"])], ends)].append(row)
            for key, rows in theirs.items():
                first = min(row["event.start"] for row in ours[key]) // MICROSECOND
                last = max(row["event.end"] for row in ours[key]) // MICROSECOND
                said = [moment(row["TIME_FIRST"]) for row in rows]
                agreement.compare("first", key, min(said), [first])
                agreement.compare(
                    "last", key, max(moment(row["TIME_LAST"]) for row in rows), [last]
                )
                octet = 0
                for row in rows:
                    octet |= int(row["TCP_FLAGS"]) | int(row["TCP_FLAGS_REV"])
                agreement.compare("flags", key, octet, [flag_octet(ours[key])])
    missed = told(agreement, capsys)
    assert not agreement.missed, missed
