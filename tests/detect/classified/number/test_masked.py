import pytest

from tests.detect.classified.reading import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("440301********0019", "resident_id"),
        ("4***************19", "resident_id"),
        ("440301●●●●●●●●0019", "resident_id"),
        ("440301＊＊＊＊＊＊＊＊0019", "resident_id"),
        ("440301xxxxxxxx001X", "resident_id"),
        ("138****8000", "mobile"),
        ("138********", "mobile"),
        ("6222************014", "bank_card"),
        ("6222 **** **** 0014", "bank_card"),
    ],
)
def test_a_masked_number_is_reported_as_masked(text: str, kind: str) -> None:
    assert kinds(f"号码：{text}，") == [f"({kind})"]


@pytest.mark.parametrize("text", ["138*8000", "****", "2*3*4", "1xx"])
def test_stars_alone_are_nothing(text: str) -> None:
    assert kinds(text) == []
