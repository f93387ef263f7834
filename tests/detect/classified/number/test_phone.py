import phonenumbers
import pytest

from corpus.dice import Dice
from corpus.labelled import MAKERS
from detect.classified.number.phone import AREAS
from tests.detect.classified.number.only import one
from tests.detect.classified.reading import found, kinds


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138 0013 8000",
        "(+86)13800138000",
        "0086-13800138000",
        "8613800138000",
        "138-0013-8000",
        "138 0013 8000",
        "１３８００１３８０００",
        "138\u200b00138000",
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(text: str) -> None:
    candidate = one(found(f"张三{text}，"))
    assert (candidate.kind, candidate.value) == ("mobile", "13800138000")


@pytest.mark.parametrize(
    "text",
    [
        "12800138000",
        "1605812345678",
        "1380013800",
        "0.13800138000",
        "113.13800138000",
        "13800138000.50",
        "138-00138-000",
        "A13800138000",
        "订单13800138000",
    ],
)
def test_what_only_looks_like_a_mobile_number_is_none(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["1.13800138000", "12.13800138000", "13800138000.0", "13800138000。"]
)
def test_the_number_of_an_entry_or_an_end_makes_no_decimal(text: str) -> None:
    assert kinds(text) == ["mobile"]


def test_numbers_of_things_need_their_label() -> None:
    assert kinds("14412345678") == []
    assert kinds("手机号：14412345678") == ["mobile"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0755-82101234", "075582101234"),
        ("010-65901234", "01065901234"),
        ("(0755)82101234", "075582101234"),
        ("（0755）8210 1234", "075582101234"),
        ("+86-755-82101234", "075582101234"),
        ("0755-82101234-801", "075582101234#801"),
        ("0755-82101234转801", "075582101234#801"),
        ("0771-5312345", "07715312345"),
        ("400-800-8820", "4008008820"),
    ],
)
def test_landlines_are_found(text: str, value: str) -> None:
    candidate = one(found(f"总机{text}。"))
    assert (candidate.kind, candidate.value) == ("landline", value)


@pytest.mark.parametrize(
    "text", ["0755-1234567", "0000-82101234", "2026-82101234", "0755-12345678"]
)
def test_no_area_and_no_length_of_an_area_is_no_landline(text: str) -> None:
    assert kinds(text) == []


def test_a_number_without_area_needs_its_label() -> None:
    assert kinds("82101234") == []
    assert kinds("电话：82101234") == ["landline"]
    assert kinds("电话：20261127") == []


def test_service_numbers_without_groups_need_their_label() -> None:
    assert kinds("4008008820") == []
    assert kinds("客服热线4008008820") == ["landline"]


def test_areas_know_the_length_of_their_numbers() -> None:
    assert AREAS["0755"] == {8}
    assert AREAS["0771"] == {7}
    assert len(AREAS) > 300


def test_what_the_oracle_takes_for_a_mobile_number_is_one() -> None:
    dice = Dice("phone oracle")
    for _ in range(300):
        text = f"1{dice.pick('3456789')}{dice.digits(9)}"
        number = phonenumbers.parse(text, "CN")
        mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        assert kinds(f"手机{text}") == ["mobile"] or not mobile
        if mobile:
            # Satellites and ships are mobile to the oracle; here they ask for a label.
            assert kinds(text) == ["mobile"] or text.startswith(("1610", "1740"))


def test_every_landline_of_the_corpus_is_one() -> None:
    dice = Dice("landlines")
    assert all(kinds(f"，{MAKERS['landline'](dice)}，") == ["landline"] for _ in range(300))


def test_a_latin_label_may_stand_right_before_the_number() -> None:
    assert kinds("（Tel13800138000）") == ["mobile"]
    assert kinds("、Fax0755-82101234") == ["landline"]
    assert kinds("、hotel13800138000") == []


def test_a_hyphen_behind_half_an_area_makes_no_landline() -> None:
    assert kinds("第3页 0272-5687021") == []


def test_quantities_are_no_phones() -> None:
    assert kinds("累计产量 13441492246 件") == []
    assert kinds("预算 15802348114 元") == []
