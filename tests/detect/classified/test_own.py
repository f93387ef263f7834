import datetime as dt
import pathlib

import pytest

from detect.classified.own import CHECKS, FIRST_GROUP, OwnPattern, read_patterns, regex_faults
from detect.classified.ruleset import open_ruleset
from situation.content.grade import DataGrade
from situation.faults import Misconfigured
from situation.scan_settings import ScanSettings
from tests.detect.classified.reading import TODAY, found

STAFF = """
[patterns.staff_number]
zh = "工号"
en = "staff number"
regex = "SZ[0-9]{8}"
labels = ["工号"]
negatives = ["设备编号"]
grade = "general_3"
class = "education"
identifies = 3
"""


def written(folder: pathlib.Path, text: str) -> pathlib.Path:
    path = folder / "patterns.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pattern_becomes_a_kind_with_its_grade(tmp_path: pathlib.Path) -> None:
    (pattern,) = read_patterns(written(tmp_path, STAFF))
    assert isinstance(pattern, OwnPattern)
    assert (pattern.kind, pattern.group) == ("own:staff_number", FIRST_GROUP)
    assert pattern.described.grade == DataGrade.GENERAL_3
    assert (pattern.described.zh, pattern.described.klass) == ("工号", "education")


def test_it_is_found_with_its_words_like_any_other(tmp_path: pathlib.Path) -> None:
    rules = open_ruleset(ScanSettings(patterns=written(tmp_path, STAFF)), TODAY, pure=True)
    assert [each.kind for each in found("工号：SZ20260001。", rules)] == ["own:staff_number"]
    assert [each.kind for each in found("张三SZ20260001", rules)] == ["own:staff_number"]
    assert found("设备编号SZ20260001", rules) == []
    assert found("xSZ20260001", rules) == []
    assert rules.kinds["own:staff_number"].en == "staff number"


def test_a_checksum_and_a_needed_label_count(tmp_path: pathlib.Path) -> None:
    text = """
    [patterns.card]
    zh = "市民卡"
    en = "citizen card"
    regex = "80[0-9]{10}"
    checksum = "luhn"
    labels = ["市民卡号"]
    needs_label = true
    """
    rules = open_ruleset(ScanSettings(patterns=written(tmp_path, text)), TODAY, pure=True)
    true = next(
        f"8012345678{end:02}" for end in range(100) if CHECKS["luhn"](f"8012345678{end:02}")
    )
    assert [each.kind for each in found(f"市民卡号 {true}", rules)] == ["own:card"]
    assert found(true, rules) == []
    assert found(f"市民卡号 {true[:-1]}{(int(true[-1]) + 1) % 10}", rules) == []
    assert rules.own[0].fits(true) is not None


@pytest.mark.parametrize(
    "regex",
    [
        "(a+)+b",
        "[0-9]+x",
        "a*",
        "[0-9]{3,}",
        "([0-9]{2,9}){3}",
        "(a)\\\\1",
        "(?=a)b1",
        "(?i)abc",
        "[甲乙]字[0-9]",
        "[0-9]{1,900}",
        "(abc",
        "a{0,3}",
        "a|",
    ],
)
def test_what_may_take_long_or_reads_differently_is_refused(regex: str) -> None:
    assert list(regex_faults(regex.replace("\\\\", "\\")))


@pytest.mark.parametrize(
    "regex", ["SZ[0-9]{8}", "(?:甲|乙)字第[0-9]{1,6}号", r"[A-Z]{2}\.[0-9]{4}(?:-[0-9])?"]
)
def test_bounded_patterns_are_taken(regex: str) -> None:
    assert list(regex_faults(regex)) == []


def test_all_faults_of_a_file_are_listed_at_once(tmp_path: pathlib.Path) -> None:
    text = (
        STAFF
        + """
    [patterns.Bad]
    zh = "坏"
    en = "bad"
    regex = "(a+)+"
    [patterns.worse]
    zh = ""
    en = "worse"
    regex = "abc[0-9]"
    checksum = "crc32"
    grade = "secret"
    """
    )
    with pytest.raises(Misconfigured) as caught:
        read_patterns(written(tmp_path, text))
    for part in ("patterns.Bad", "no bound", "small letters", "worse.zh", "checksum", "grade"):
        assert part in str(caught.value)


@pytest.mark.parametrize("text", ["[patterns", "[other]\na=1", "patterns = 3"])
def test_what_is_no_file_of_patterns_is_refused(tmp_path: pathlib.Path, text: str) -> None:
    with pytest.raises(Misconfigured):
        read_patterns(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match=r"nowhere\.toml"):
        open_ruleset(ScanSettings(patterns=tmp_path / "nowhere.toml"), dt.date(2026, 1, 1))
