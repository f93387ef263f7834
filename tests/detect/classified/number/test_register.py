import pytest

from tests.detect.classified.reading import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("驾驶证档案编号：440300123456", "driver_archive"),
        ("社保卡号：A12345678", "social_security"),
        ("军官证：南字第0123456号", "officer_card"),
        ("粤（2019）深圳市不动产权第0123456号", "estate"),
        ("深房地字第5000123456号", ""),
        ("深房地证字第5000123456号", "estate"),
    ],
)
def test_numbers_of_registers_are_found_with_their_label(text: str, kind: str) -> None:
    assert kinds(text) == ([kind] if kind else [])


@pytest.mark.parametrize("text", ["440300123456", "A12345678", "流水号：440300123456"])
def test_without_a_label_they_are_nothing(text: str) -> None:
    assert kinds(text) == []
