"""Feeds are read whole: what fits is kept in one form, what does not is counted by its reason."""

import datetime as dt
import json
import os
import pathlib
import uuid

import pytest
import stix2

from detect.indicator.feed import LARGEST, open_feed
from detect.indicator.indicator import Known, Read, in_one_form
from detect.indicator.stix import values_of
from situation.faults import Malformed, Unavailable
from situation.settings import FeedSettings

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _read(folder: pathlib.Path, kind: str, content: str, **changed: object) -> Read:
    path = folder / "feed"
    path.write_text(content, encoding="utf-8")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    table = {"type": kind, "path": path, **changed}
    return open_feed(FeedSettings.model_validate(table), NOW)


def _values(read: Read) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in read.indicators]


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("address", " 203.0.113.7 ", "203.0.113.7"),
        ("address", "203[.]0[.]113[.]7", "203.0.113.7"),
        ("address", "2001:DB8:0:0::1", "2001:db8::1"),
        ("address", "203.0.113.7/24", "203.0.113.0/24"),
        ("address", "203.0.113.7/32", "203.0.113.7"),
        ("address", "203.0.113.256", None),
        ("domain", "Bad[.]Example.", "bad.example"),
        ("domain", "例子.example", "xn--fsqu00a.example"),
        ("domain", "_dmarc.bad.example", "_dmarc.bad.example"),
        ("domain", "example", None),
        ("domain", "-bad.example", None),
        ("domain", "203.0.113.7", None),
        ("domain", f"{'a' * 64}.example", None),
        ("url", "hxxps://bad[.]example/a?b", "https://bad.example/a?b"),
        ("url", "javascript:alert(1)", None),
        ("url", "https://bad.example/a b", None),
        ("url", "http://[bad/", None),
        ("url", f"https://bad.example/{'a' * 2100}", None),
        ("md5", MD5.upper(), MD5),
        ("md5", SHA256, None),
        ("sha256", SHA256, SHA256),
        ("sha256", "xyz", None),
        ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", None),
    ],
)
def test_a_value_has_one_form(kind: str, said: str, kept: str | None) -> None:
    assert in_one_form(kind, said) == kept


def test_a_csv_is_read_with_what_else_its_head_names(tmp_path: pathlib.Path) -> None:
    read = _read(
        tmp_path,
        "csv",
        "\ufeffKind, Value, Label, Confidence, Valid_until, family\n"
        "domain, bad.example, 控制端, 80, 2026-04-01T00:00:00+08:00, synthetic\n"
        'address,203.0.113.7,"扫描, 爆破",,,\n',
        confidence=60,
        days=30,
    )
    domain, address = read.indicators
    assert domain == Known(
        kind="domain",
        value="bad.example",
        label="控制端",
        confidence=80,
        valid_from=None,
        valid_until=dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC),
        detail={"family": "synthetic"},
    )
    assert (address.label, address.confidence) == ("扫描, 爆破", 60)
    assert address.valid_until == NOW + 30 * DAY
    assert not read.skipped


def test_what_a_csv_holds_that_does_not_fit_is_counted_by_its_reason(
    tmp_path: pathlib.Path,
) -> None:
    lines = (
        "kind,value,label,confidence,valid_until",
        "address,203.0.113.7,,,",
        "address,203.0.113.7,again,,2027-01-01",
        "address,nowhere,,,",
        "email,a@bad.example,,,",
        "domain,bad.example,,often,",
        "domain,bad.example,,101,",
        "domain,bad.example,,,tomorrow",
        "domain,old.example,,,2026-01-01",
        "domain,short.example",
        "domain,long.example,,,,,",
    )
    read = _read(tmp_path, "csv", "\n".join(lines))
    assert dict(read.skipped) == {
        "twice": 1, "value": 2, "figure or time": 3, "expired": 1, "columns": 2,
    }  # fmt: skip
    # Of what stands twice the one that holds longer is kept.
    assert [one.label for one in read.indicators] == ["again"]


@pytest.mark.parametrize("content", ["", "value,label\n1,2\n", "# a comment\n"])
def test_a_csv_without_its_head_is_refused(tmp_path: pathlib.Path, content: str) -> None:
    with pytest.raises(Malformed, match="the head line lacks"):
        _read(tmp_path, "csv", content)


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '203.0.113.7']", [("ipv4-addr:value", "203.0.113.7")]),
        ("[file:hashes.'SHA-256' = 'aa' OR file:hashes.MD5 = 'bb']",
         [("file:hashes.sha-256", "aa"), ("file:hashes.md5", "bb")]),
        ("[url:value='https://bad.example/\\'x\\\\y']", [("url:value", "https://bad.example/'x\\y")]),
        ("[domain-name:value IN ('a.example', 'b.example')]",
         [("domain-name:value", "a.example"), ("domain-name:value", "b.example")]),
        ("[domain-name:value = 'a.example'] OR [domain-name:value = 'b.example']",
         [("domain-name:value", "a.example"), ("domain-name:value", "b.example")]),
        ("[url:value = 'https://bad.example/[x]']", [("url:value", "https://bad.example/[x]")]),
        ("[domain-name:value = 'a.example' AND url:value = 'b']", None),
        ("[domain-name:value = 'a'] FOLLOWEDBY [domain-name:value = 'b']", None),
        ("[domain-name:value = 'a'] WITHIN 300 SECONDS", None),
        ("[domain-name:value LIKE 'a%']", None),
        ("[domain-name:value != 'a.example']", None),
        ("[NOT domain-name:value = 'a.example']", None),
        ("[network-traffic:dst_ref.value ISSUBSET '203.0.113.0/24']", None),
        ("domain-name:value = 'a.example'", None),
        ("[", None), ("[]", None), ("", None),
        ("[domain-name:value = 'a" + "a" * 20_000 + "']", None),
    ],
)  # fmt: skip
def test_of_patterns_those_are_taken_that_one_value_decides(
    pattern: str, values: list[tuple[str, str]] | None
) -> None:
    assert values_of(pattern) == values


def _indicator(pattern: str, **changed: object) -> stix2.Indicator:
    said = {"pattern": pattern, "pattern_type": "stix", "valid_from": NOW - DAY, "name": "控制端"}
    return stix2.Indicator(**{**said, **changed})


def test_a_bundle_of_another_maker_is_read(tmp_path: pathlib.Path) -> None:
    bundle = stix2.Bundle(
        _indicator("[ipv6-addr:value = '2001:DB8::7']", confidence=85),
        _indicator(f"[file:hashes.'SHA-256' = '{SHA256.upper()}']", valid_until=NOW + DAY),
        _indicator("[domain-name:value = 'bad.example']", revoked=True),
        _indicator("[domain-name:value = 'old.example']", valid_until=NOW - DAY / 2),
        _indicator("[email-addr:value = 'a@bad.example']"),
        _indicator("[domain-name:value = 'nowhere']"),
        _indicator("[domain-name:value = 'a.example'] FOLLOWEDBY [url:value = 'x']"),
        _indicator("alert tcp any any", pattern_type="snort"),
        stix2.Malware(name="synthetic", is_family=False),
    )
    read = _read(tmp_path, "stix", bundle.serialize(), days=10)
    address, digest = read.indicators
    assert _values(read) == [("address", "2001:db8::7"), ("sha256", SHA256)]
    assert (address.confidence, address.label, address.valid_from) == (85, "控制端", NOW - DAY)
    assert (address.valid_until, digest.valid_until) == (NOW + 10 * DAY, NOW + DAY)
    assert address.detail["stix"].startswith("indicator--")
    assert dict(read.skipped) == {
        "revoked": 1, "expired": 1, "property": 1, "value": 1, "pattern": 1, "pattern type": 1,
    }  # fmt: skip


def test_what_the_library_would_refuse_is_counted_too(tmp_path: pathlib.Path) -> None:
    said = {"type": "indicator", "id": f"indicator--{uuid.uuid4()}", "pattern_type": "stix"}
    said["pattern"] = "[domain-name:value = 'bad.example']"
    objects = [
        {**said, "valid_from": "yesterday"},
        {**said, "valid_from": "2026-01-01T00:00:00"},
        {**said, "confidence": "high"},
        {**said, "confidence": 101},
        "nothing",
    ]
    read = _read(tmp_path, "stix", json.dumps({"type": "bundle", "objects": objects}))
    assert (read.indicators, dict(read.skipped)) == ((), {"figure or time": 4})


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"type": "bundle"}', '{"objects": []}', "[" * 100_000]
)
def test_what_is_no_bundle_is_refused(tmp_path: pathlib.Path, content: str) -> None:
    with pytest.raises(Malformed):
        _read(tmp_path, "stix", content)


def test_a_feed_that_nobody_writes_any_more_fades(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("kind,value\ndomain,bad.example\n")
    written = NOW - 31 * DAY
    os.utime(path, (written.timestamp(), written.timestamp()))
    read = open_feed(FeedSettings(type="csv", path=path, days=30), NOW)
    assert (read.indicators, dict(read.skipped)) == ((), {"expired": 1})


def test_a_file_that_is_away_is_waited_for_and_one_of_another_kind_is_refused(
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(Unavailable):
        open_feed(FeedSettings(type="csv", path=tmp_path / "away.csv"), NOW)
    path = tmp_path / "feed.csv"
    path.write_bytes("kind,value\ndomain,坏.example\n".encode("gb18030"))
    with pytest.raises(Malformed, match="no UTF-8"):
        open_feed(FeedSettings(type="csv", path=path), NOW)
    with path.open("r+b") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(Malformed, match="are more than"):
        open_feed(FeedSettings(type="csv", path=path), NOW)
