"""CEF and LEEF lines are taken apart as their standards say."""

import pytest

from sensors.log.catalogue import SYSLOG, kind_named
from sensors.log.kind import FAULT, SourceRules
from sensors.log.security.event_format import read_cef, read_leef
from situation.faults import Misconfigured
from situation.fields import REST
from tests.sensors.log.damage import assert_survives
from tests.sensors.log.yielded import documents, sample

HEAD = "CEF:0|v|p|1|7|name|5|"


def _pairs(extension: str) -> object:
    found = read_cef(HEAD + extension)
    assert found is not None
    return found["pairs"]


@pytest.mark.parametrize(
    ("extension", "pairs"),
    [
        ("src=10.0.0.1 msg=a b  c cnt=2", {"src": "10.0.0.1", "msg": "a b  c", "cnt": "2"}),
        (r"msg=a\=b \\ c\nd", {"msg": "a=b \\ c\nd"}),
        (r"msg=path C:\\new\\x act=", {"msg": "path C:\\new\\x", "act": ""}),
        ("msg=say x\\=1 and y\\=2", {"msg": "say x=1 and y=2"}),
        ("act=a|b", {"act": "a|b"}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_value_goes_on_to_the_next_key(extension: str, pairs: dict[str, str]) -> None:
    assert _pairs(extension) == pairs


def test_a_header_may_hold_bars_and_backslashes() -> None:
    found = read_cef(r"CEF:0|a\|b|c\\|1|7|n\|m|5|")
    assert found is not None
    assert (found["vendor"], found["product"], found["name"]) == ("a|b", "c\\", "n|m")


def test_values_stand_under_their_labels() -> None:
    found = read_cef(HEAD + "cs1Label=Rule Name cs1=deny all cs2Label=empty cn1=5")
    assert found is not None
    assert found["labels"] == {"Rule Name": "deny all"}
    assert found["pairs"] == {"cs2Label": "empty", "cn1": "5"}


def test_text_that_is_no_pair_is_kept() -> None:
    found = read_cef(HEAD + "stray words src=10.0.0.1")
    assert found is not None
    assert found["text"] == "stray words"


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("LEEF:1.0|v|p|1|7|a=1\tb=2 3", {"a": "1", "b": "2 3"}),
        ("LEEF:2.0|v|p|1|7|^|a=1^b=2=3", {"a": "1", "b": "2=3"}),
        ("LEEF:2.0|v|p|1|7|x5E|a=1^b=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|7|0x09|a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|7||a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|v|p|1|7|a=1\tb=2", {"a": "1", "b": "2"}),
    ],
)
def test_the_delimiter_of_leef_is_the_one_it_names(line: str, pairs: dict[str, str]) -> None:
    found = read_leef(line)
    assert found is not None
    assert found["pairs"] == pairs


@pytest.mark.parametrize(
    ("severity", "ours"),
    [("0", 1), ("3", 1), ("4", 2), ("6.5", 2), ("8", 3), ("10", 4), ("Very-High", 4), ("high", 3),
     ("11", None), ("Unknown", None), ("", None)],
)  # fmt: skip
def test_severity_is_graded_as_the_standard_divides_it(severity: str, ours: int | None) -> None:
    line = f"CEF:0|v|p|1|7|name|{severity}|"
    assert documents(kind_named("cef"), [line])[0].get("event.severity") == ours


@pytest.mark.parametrize("name", ["cef", "leef"])
def test_syslog_hands_such_messages_on(name: str) -> None:
    enclosed = [line for line in sample(name) if line.startswith("<134>")]
    found = documents(SYSLOG, enclosed)
    assert [one["event.module"] for one in found] == [name, name]
    assert all(isinstance(rest := one[REST], dict) and name in rest for one in found)


def test_a_line_of_another_kind_bears_a_fault_and_is_kept() -> None:
    lines = ["plain 5|1|2|3|4|5|6|", "Mar  2 09:15:05 gate1 app: says CEF: nothing", HEAD]
    found = documents(kind_named("cef"), lines)
    assert [one.get(FAULT) for one in found] == ["unparsed", "unparsed", None]


def test_options_that_a_kind_has_not_are_refused() -> None:
    with pytest.raises(Misconfigured, match="format"):
        kind_named("cef").parser(SourceRules(options={"format": "x"}))


def test_long_and_odd_lines_are_survived() -> None:
    lines = [HEAD + "a=" + "x " * 200_000, HEAD + "a=1 " * 50_000, "CEF:0|" + "\\" * 100_001,
             "CEF:0|" + "|" * 10_000, "LEEF:2.0|v|p|1|7|xFFFF|a=1", "LEEF:2.0|v|p|1|7|xD800|a=1",
             "LEEF:2.0|||||||", HEAD + "cs1Label=pairs cs1=x srcLabel=y src=1"]  # fmt: skip
    assert_survives(kind_named("cef"), lines)
    assert_survives(kind_named("leef"), lines)
