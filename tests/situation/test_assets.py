"""Addresses find their owners by longest prefix."""

import pathlib

import polars as pl
import pytest

from situation.assets import UNKNOWN, Assets, read_assets
from situation.faults import Misconfigured

HEADER = "range,name,department,district,contact,protection_level,cii,role\n"
TABLE = HEADER + (
    "10.1.0.0/16,office network,数据局,东区,陈一 5550101,2,false,workstation\n"
    "10.1.2.3,portal,数据局,东区,陈一 5550101,4,true,web\n"
    "fd00:1::/32,new network,交通局,西区,李二 5550102,,,\n"
)


@pytest.fixture
def assets(tmp_path: pathlib.Path) -> Assets:
    path = tmp_path / "city.csv"
    path.write_text(TABLE, encoding="utf-8")
    return read_assets(path)


def test_the_most_specific_range_wins(assets: Assets) -> None:
    portal, office = assets.of("10.1.2.3"), assets.of("10.1.2.4")
    assert portal is not None
    assert (portal.name, portal.protection_level, portal.cii) == ("portal", 4, True)
    assert office is not None
    assert (office.name, office.protection_level, office.cii) == ("office network", 2, False)


def test_both_address_families_are_told_apart(assets: Assets) -> None:
    found = assets.of("fd00:1::9")
    assert found is not None
    assert (found.department, found.protection_level, found.role) == ("交通局", None, UNKNOWN)
    assert assets.of("::ffff:10.1.2.3") is None


def test_an_address_of_nobody_is_unknown(assets: Assets) -> None:
    assert assets.of("192.0.2.1") is None


def test_a_join_yields_each_address_once_with_unknown_as_a_value(assets: Assets) -> None:
    joined = assets.join(pl.Series(["10.1.2.3", "192.0.2.1", "10.1.2.3", None]))
    assert joined["ip"].to_list() == ["10.1.2.3", "192.0.2.1"]
    assert joined["department"].to_list() == ["数据局", UNKNOWN]
    assert joined["known"].to_list() == [True, False]


def test_a_table_in_toml_says_the_same(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text(
        '[[asset]]\nrange = "10.1.2.3"\nname = "portal"\nprotection_level = 4\ncii = true\n',
        encoding="utf-8",
    )
    found = read_assets(path).of("10.1.2.3")
    assert found is not None
    assert (found.protection_level, found.cii, found.department) == (4, True, UNKNOWN)


def test_every_faulty_row_is_named_at_once(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "city.csv"
    path.write_text(HEADER + "10.1.2.3/8,a,,,,,,\n10.0.0.0/8,,,,,9,perhaps,\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as refusal:
        read_assets(path)
    text = str(refusal.value)
    assert "line 2: range" in text
    assert "line 3: name is missing" in text
    assert "protection_level '9'" in text
    assert "cii 'perhaps'" in text


def test_a_table_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_assets(tmp_path / "none.csv")
