import datetime as dt
import pathlib

from detect.classified.ruleset import COLUMN_GROUP, MARK_GROUP, open_ruleset, to_scan_again
from situation.content.kind import KINDS
from situation.scan_settings import ScanSettings
from tests.detect.classified.reading import TODAY, ruleset


def patterns(folder: pathlib.Path, regex: str, zh: str = "工号") -> ScanSettings:
    path = folder / "own.toml"
    path.write_text(f'[patterns.a]\nzh="{zh}"\nen="a"\nregex="{regex}"\n', encoding="utf-8")
    return ScanSettings(patterns=path)


def test_a_fingerprint_is_the_same_each_day_and_in_either_engine() -> None:
    later = open_ruleset(ScanSettings(), TODAY + dt.timedelta(days=400), pure=True)
    assert later.fingerprint == ruleset().fingerprint == ruleset(pure=True).fingerprint


def test_every_recogniser_has_a_kind_a_group_and_patterns() -> None:
    for rule in ruleset().recognisers:
        assert rule.kind in KINDS
        assert 0 <= rule.group < COLUMN_GROUP
        assert rule.wakes


def test_an_own_pattern_changes_the_fingerprint_and_its_group_alone(tmp_path: pathlib.Path) -> None:
    with_own = open_ruleset(patterns(tmp_path, "SZ[0-9]{8}"), TODAY, pure=True)
    assert with_own.fingerprint != ruleset().fingerprint
    before, after = ruleset().group_fingerprints, with_own.group_fingerprints
    assert {bit for bit in after if after[bit] != before.get(bit)} == {48}


def test_a_changed_rule_scans_again_what_it_woke_and_a_changed_pattern_everything(
    tmp_path: pathlib.Path,
) -> None:
    before = open_ruleset(patterns(tmp_path, "SZ[0-9]{8}"), TODAY, pure=True).group_fingerprints
    named = open_ruleset(
        patterns(tmp_path, "SZ[0-9]{8}", "职工号"), TODAY, pure=True
    ).group_fingerprints
    wider = open_ruleset(patterns(tmp_path, "SZ[0-9]{7}"), TODAY, pure=True).group_fingerprints
    assert to_scan_again(before, before) == 0
    assert to_scan_again(before, named) == 1 << 48
    assert to_scan_again(before, wider) == -1


def test_a_rule_that_is_gone_scans_again_what_it_woke(tmp_path: pathlib.Path) -> None:
    before = open_ruleset(patterns(tmp_path, "SZ[0-9]{8}"), TODAY, pure=True).group_fingerprints
    assert to_scan_again(before, ruleset().group_fingerprints) == 1 << 48


def test_marks_and_columns_have_their_bits() -> None:
    assert {MARK_GROUP, COLUMN_GROUP} <= ruleset().group_fingerprints.keys()


def test_a_heading_wakes_the_groups_whose_kind_it_names() -> None:
    rules = ruleset()
    named = {rule.kind for rule in rules.awake(rules.named_by("护照号"))}
    assert named == {"passport"}
    assert rules.named_by("说明") == 0
