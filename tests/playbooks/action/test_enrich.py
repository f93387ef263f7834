"""enrich: asset table and indicators answer alike before the run and in it."""

import datetime as dt
import json

import pytest
from pydantic import ValidationError

from detect.indicator.indicator import in_one_form
from playbooks.action.enrich import Observable, observable_of
from situation.state.store import StateStore
from situation.state.tables import Indicator
from tests.playbooks.action.scene import done, given, intended
from tests.playbooks.intrusion import FRONT_END, NOW

DAY = dt.timedelta(days=1)
BAD = "203.0.113.77"


def _indicator(kind: str, value: str, **changed: object) -> Indicator:
    said: dict[str, object] = {
        "source": "feed",
        "kind": kind,
        "value": value,
        "label": "c2",
        "confidence": 60,
        "read_at": NOW,
        "detail": {},
    }
    return Indicator(**(said | changed))


def _know(state: StateStore, *rows: Indicator) -> None:
    with state.transaction() as session:
        session.add_all(rows)


def test_an_address_of_the_city_is_told_with_its_asset(either_state: StateStore) -> None:
    outputs = done(either_state, "enrich", {"value": FRONT_END}).outputs
    assert outputs == {
        "is_own": "true",
        "asset": "数据交换前置机",
        "department": "示例市数据局",
        "role": "server",
        "protection_level": "4",
        "cii": "true",
        "kind": "address",
        "indicators": "0",
        "labels": "[]",
        "confidence": "0",
    }


def test_what_is_known_to_be_bad_is_told_with_its_labels(either_state: StateStore) -> None:
    _know(
        either_state,
        _indicator("address", BAD, label="扫描"),
        _indicator("address", BAD, source="other", confidence=90),
        _indicator("address", BAD, source="third", confidence=None),
        _indicator("domain", BAD, source="fourth", label="no address"),
    )
    outputs = done(either_state, "enrich", {"value": BAD}).outputs
    assert (outputs["indicators"], outputs["confidence"]) == ("3", "90")
    assert json.loads(str(outputs["labels"])) == ["扫描", "c2"]
    assert (outputs["is_own"], outputs["asset"]) == ("false", "unknown")


def test_an_indicator_counts_only_while_it_is_valid(either_state: StateStore) -> None:
    _know(
        either_state,
        _indicator("address", BAD, source="past", valid_until=NOW),
        _indicator("address", BAD, source="to come", valid_from=NOW + DAY),
        _indicator("address", BAD, source="now", valid_from=NOW, valid_until=NOW + DAY),
    )
    assert done(either_state, "enrich", {"value": BAD}).outputs["indicators"] == "1"


def test_an_address_is_found_in_the_networks_that_are_listed(either_state: StateStore) -> None:
    _know(
        either_state,
        _indicator("address", "203.0.113.0/24", label="a bad neighbourhood"),
        _indicator("address", "203.0.113.64/26", label="its worst part"),
        _indicator("address", "203.0.113.0/26", label="another part"),
        _indicator("address", "2001:db8::/32", label="of six"),
    )
    outputs = done(either_state, "enrich", {"value": BAD}).outputs
    assert json.loads(str(outputs["labels"])) == ["a bad neighbourhood", "its worst part"]
    six = done(either_state, "enrich", {"value": "2001:db8:0:0::7"}).outputs
    assert json.loads(str(six["labels"])) == ["of six"]


@pytest.mark.parametrize(
    ("kind", "written", "asked"),
    [
        ("address", "203.0.113.77", "203.0.113.77"),
        ("address", "2001:DB8::0:7", "2001:db8::7"),
        ("address", "203.0.113.7/24", "203.0.113.200"),
        ("domain", "C2.Evil[.]example.", "c2.evil.example"),
        ("domain", "中国.example", "中国.Example"),
        ("url", "hxxps://evil.example/" + "a" * 1000, "https://evil.example/" + "a" * 1000),
        ("md5", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        ("sha256", "AB" * 32, "Ab" * 32),
    ],
)
def test_what_a_feed_brings_is_found(
    either_state: StateStore, kind: str, written: str, asked: str
) -> None:
    kept = in_one_form(kind, written)
    assert kept is not None
    _know(either_state, _indicator(kind, kept))
    assert done(either_state, "enrich", {"value": asked}).outputs["indicators"] == "1"


def test_the_dry_run_knows_what_the_run_will_know(either_state: StateStore) -> None:
    _know(either_state, _indicator("domain", "xn--fiqs8s.example"))
    said: dict[str, object] = {"value": "中国.EXAMPLE."}
    intent = intended(either_state, "enrich", said)
    assert intent.outputs == done(either_state, "enrich", said).outputs
    assert intent.outputs["indicators"] == "1"
    assert intent.unknown == ()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2001:DB8::0:1", "address", "2001:db8::1"),
        ("::ffff:203.0.113.77", "address", "203.0.113.77"),
        ("WWW.Evil.Example.", "domain", "www.evil.example"),
        ("https://evil.example/A?b=1", "url", "https://evil.example/A?b=1"),
        ("D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("AB" * 32, "sha256", "ab" * 32),
    ],
)
def test_a_value_is_asked_in_the_form_in_which_it_is_kept(text: str, kind: str, value: str) -> None:
    assert observable_of(text) == Observable(kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evil",
        "10.0.0.0/8",
        "a b.example",
        "-",
        "x" * 300,
        "1.2.3.999",
        "-a.example",
        "http://a\x00b/",
    ],
)
def test_what_nobody_can_look_up_is_refused(text: str) -> None:
    assert observable_of(text) is None
    with pytest.raises(ValidationError):
        given("enrich", value=text)
