import pytest

from tests.detect.classified.number.only import one
from tests.detect.classified.reading import found, kinds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("粤B12345", "粤B12345"),
        ("粤B·D12345", "粤BD12345"),
        ("粤BDK1234", "粤BDK1234"),
        ("粤B12345D", "粤B12345D"),
        ("粤Z1234港", "粤Z1234港"),
        ("粤B1234学", "粤B1234学"),
        ("粤b12345", "粤B12345"),
        ("粤Ｂ１２３４５", "粤B12345"),
        ("粤B-12345", "粤B12345"),
        ("京A12A45", "京A12A45"),
    ],
)
def test_plates_are_found(text: str, value: str) -> None:
    candidate = one(found(f"车辆{text}停放"))
    assert (candidate.kind, candidate.value) == ("plate", value)


@pytest.mark.parametrize(
    "text",
    ["粤O12345", "京A12I45", "粤BDI1234", "粤B1234", "粤府〔2026〕12号", "京A4纸", "京A123456789"],
)
def test_what_no_office_issues_is_no_plate(text: str) -> None:
    assert kinds(f"车牌号：{text}") == []


def test_words_of_letters_are_no_plate_without_a_label() -> None:
    assert kinds("新APPLES") == []


def test_a_vehicle_number_that_is_checked_stands_by_itself() -> None:
    assert kinds("LSVAU033682208342") in ([], ["vin"])
    assert kinds("1M8GDM9AXKP042788") == ["vin"]
    assert kinds("SN: 1M8GDM9AXKP042788") == []
    assert kinds("车架号：LSVAU033X82208342") == ["vin"]


def test_a_hexadecimal_number_is_no_vehicle() -> None:
    assert kinds("0E0FE9DF052123191") == []
