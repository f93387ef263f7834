"""Addresses in text and in cells."""

import pytest

from detect.classified.word.address import AddressRecogniser, is_address, parts_of
from detect.classified.word.region import regions_at
from tests.detect.classified.reading import found

_FINDER = AddressRecogniser()


def _addresses(text: str) -> list[str]:
    return [each.value for each in found(text) if each.kind == "address"]


@pytest.mark.parametrize(
    "cell",
    [
        "广东省深圳市南山区粤海街道某某路5号3栋501室",
        "湖南省邵阳市隆回县六都寨镇大塘村三组",
        "北京市海淀区中关村大街2700号",
        "内蒙古自治区呼和浩特市赛罕区大学西路2350号",
        "上海市浦东新区某某大道100弄20号602",
        "宝安区45区12栋",
        "西藏拉萨市城关区某某路1号",
        "浙江省 杭州市 西湖区 文化路88号",
    ],
)
def test_a_region_with_a_place_and_a_number_is_an_address(cell: str) -> None:
    assert parts_of(cell).whole
    fit = _FINDER.fits(cell)
    assert fit is not None
    assert fit.confidence >= 0.5


@pytest.mark.parametrize(
    "cell", ["花园小区3栋2单元501", "幸福村3组", "学府路88号", "和平里6区9号楼"]
)
def test_an_address_within_a_town_needs_its_heading(cell: str) -> None:
    assert is_address(cell)
    assert not parts_of(cell).whole


def test_an_english_address_needs_its_heading_too() -> None:
    assert is_address("Room 1203, Block B, 88 Shennan Road, Futian District, Shenzhen")
    assert not is_address("Block chain, a road map")


@pytest.mark.parametrize(
    "cell",
    ["深圳市福田区", "产品研发中心", "市场部", "广东深圳", "人民路店", "粤府〔2026〕12号", "3号楼"],
)
def test_places_and_offices_are_no_addresses(cell: str) -> None:
    assert _FINDER.fits(cell) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("住址：湖南省邵阳市隆回县六都寨镇大塘村三组", "湖南省邵阳市隆回县六都寨镇大塘村三组"),
        ("地址：南山区某某路5号 电话：13800138000", "南山区某某路5号"),
        (
            "家住广东省深圳市宝安区西乡街道固戍二路12号，系本市居民",
            "广东省深圳市宝安区西乡街道固戍二路12号",
        ),
        ("address: 南山区某某路5号", "南山区某某路5号"),
        ("（户籍地址（成都市武侯区学院路921号7号楼508房））", "成都市武侯区学院路921号7号楼508房"),
        (
            "联系地址\t深圳市龙岗区某某街道某某山庄12栋3单元501\n",
            "深圳市龙岗区某某街道某某山庄12栋3单元501",
        ),
    ],
)
def test_an_address_is_found_whole_in_text(text: str, address: str) -> None:
    assert _addresses(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "（2026）粤03民初12号",
        "依照本办法第12条第3号之规定",
        "住所：无",
        "经营场所应当符合第五条的规定",
        "沿海高速公路二期3号标段",
        "深圳市南山区人民政府办公室",
    ],
)
def test_numbers_of_documents_and_names_of_offices_are_none(text: str) -> None:
    assert _addresses(text) == []


def test_a_masked_address_is_told_as_masked() -> None:
    (one,) = [each for each in found("住址：深圳市南山区****") if each.kind == "address"]
    assert one.masked


def test_regions_are_read_in_a_row_with_blanks_between_them() -> None:
    assert regions_at("广东省 深圳市南山区某某路", 0) == (3, 10)
    assert regions_at("某某路", 0) == (0, 0)
    assert regions_at("深圳市广东省", 0) == (1, 3)
