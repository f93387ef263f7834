import pytest

from tests.detect.classified.reading import kinds


@pytest.mark.parametrize("value", ["E12345678", "EA1234567", "PE1234567", "G12345678", "141234567"])
def test_passports_need_their_label(value: str) -> None:
    assert kinds(value) == []
    assert kinds(f"护照号：{value}") == ["passport"]
    assert kinds(f"Passport No. {value}") == ["passport"]
    assert kinds(f"持{value}号护照入境") == ["passport"]
    assert kinds(f"型号：{value}") == []


@pytest.mark.parametrize("value", ["EI1234567", "E1234567", "EA12345678"])
def test_other_shapes_are_no_passport(value: str) -> None:
    assert kinds(f"护照号：{value}") == []


@pytest.mark.parametrize("value", ["H12345678", "M1234567801", "C12345678", "CA1234567"])
def test_permits_need_their_label(value: str) -> None:
    assert kinds(value) == []
    assert kinds(f"通行证号码：{value}") == ["travel_permit"]


def test_a_permit_of_digits_is_found_by_its_own_label_alone() -> None:
    assert kinds("台胞证号：12345678") == ["travel_permit"]
    assert kinds("编号：12345678") == []
    assert kinds("H1234567") == []


def test_hong_kong_numbers_are_found_with_brackets_or_a_label() -> None:
    assert kinds("A123456(3)") == ["hkid"]
    assert kinds("C123456（9）") == ["hkid"]
    assert kinds("A123456(4)") == []
    assert kinds("A1234563") == []
    assert kinds("香港身份证：A1234563") == ["hkid"]


def test_taiwan_numbers_need_their_label() -> None:
    assert kinds("A123456789") == []
    assert kinds("身分證字號：A123456789") == ["twid"]
    assert kinds("身分證字號：A123456780") == []


@pytest.mark.parametrize(
    "text", ["台胞证 01234567", "台胞证号码为01234567", "通行证号\t备注\n01234567\t无"]
)
def test_eight_digits_are_a_permit_where_its_label_ends_before_them(text: str) -> None:
    assert kinds(text) == ["travel_permit"]


@pytest.mark.parametrize("text", ["通行证办理量 61700028 本", "通行证 20260112 启用"])
def test_eight_digits_that_count_or_date_are_none(text: str) -> None:
    assert kinds(text) == []
