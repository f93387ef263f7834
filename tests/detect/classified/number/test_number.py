import pytest

from detect.classified.number.number import bare, compact, is_decimal
from tests.detect.classified.reading import ruleset


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("'440301", "440301"),
        (" 138 ", "138"),
        ("138.0", "138"),
        ("1.50", "1.50"),
        ('="138"', "138"),
        ("", ""),
    ],
)
def test_a_cell_loses_what_spreadsheets_put_around_it(cell: str, value: str) -> None:
    assert bare(cell) == value


def test_separators_go_and_letters_are_capitals() -> None:
    assert compact("440301-19900307·001x") == "44030119900307001X"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0.138", True),
        ("113.138", True),
        ("138.5", True),
        ("1.138", False),
        ("12.138", False),
        ("138", False),
        ("约12.138", True),
        ("138.0", False),
        ("138.00", True),
    ],
)
def test_digits_beside_a_point_are_decimals_unless_they_count_entries(
    text: str, *, is_one: bool
) -> None:
    start = text.index("138")
    assert is_decimal(text, start, start + 3) is is_one


def test_no_text_of_a_candidate_shows_its_value() -> None:
    value = "440301199003070019"
    for rule in ruleset().recognisers:
        for candidate in rule.find(f"身份证 {value}"):
            assert value not in f"{candidate} {candidate!r}"
