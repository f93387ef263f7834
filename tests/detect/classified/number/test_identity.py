import datetime as dt

import pytest
from stdnum.cn import ric

from corpus.dice import Dice
from corpus.labelled import MAKERS
from detect.classified.number.identity import identity_numbers
from detect.classified.number.number import Number
from detect.classified.number.region import KNOWN, PROVINCES, REGIONS
from tests.detect.classified.number.only import one
from tests.detect.classified.reading import TODAY, found, kinds

NUMBERS = identity_numbers(TODAY)


def numbers_of(kind: str) -> Number:
    return next(number for number in NUMBERS if number.kind == kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("440301199003070019", "resident_id"),
        ("11010519491231002X", "resident_id"),
        ("11010519491231002x", "resident_id"),
        ("440305200002290125", "resident_id"),
        ("440304202501010039", "resident_id"),
        ("810000199001010019", "residence_permit"),
        ("820000199205050022", "residence_permit"),
        ("830000198506151238", "residence_permit"),
        ("944840198506120013", "permanent_residence"),
    ],
)
def test_true_numbers_are_found_by_themselves(value: str, kind: str) -> None:
    assert kinds(f"，{value}。") == [kind]


@pytest.mark.parametrize(
    "value",
    [
        "440301199003070011",  # check
        "440301199302300013",  # 30 February, with the right check
        "990301199003070016",  # no such region, with the right check
        "440305205003070012",  # not yet born, with the right check
        "440301189912310016",
        "810000199001010018",
    ],
)
def test_what_is_no_number_of_a_person_is_not_found_even_with_a_label(value: str) -> None:
    assert kinds(f"身份证号：{value}") == []


@pytest.mark.parametrize(
    "text",
    [
        "440301-19900307-0019",
        "440301 19900307 0019",
        "４４０３０１１９９００３０７００１９",
        "4403\u200b01199003\u200d070019",
        "\ufeff440301199003070019",
        "440301·19900307·0019",
        "𝟒𝟒𝟎𝟑𝟎𝟏𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟎𝟎𝟏𝟗",
    ],
)
def test_the_same_number_is_found_however_it_is_written(text: str) -> None:
    candidate = one(found(f"居民{text}已登记"))
    assert (candidate.kind, candidate.value) == ("resident_id", "440301199003070019")


@pytest.mark.parametrize(
    "text", ["440301-19900307 0019", "4403-0119900307-0019", "4403011990 03070019"]
)
def test_groups_of_another_kind_are_no_number(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["x440301199003070019", "440301199003070019A", "0440301199003070019"]
)
def test_a_part_of_something_longer_is_no_number(text: str) -> None:
    assert kinds(text) == []


def test_a_number_between_han_characters_is_found() -> None:
    assert kinds("张某某440301199003070019男") == ["resident_id"]


def test_the_old_number_needs_its_label() -> None:
    assert kinds("440301900307001") == []
    assert kinds("身份证号：440301900307001") == ["resident_id_15"]


def test_a_students_number_is_not_taken_for_its_owners() -> None:
    assert kinds("学籍号 G440301201503070013") == []
    assert kinds("学籍号 G440301199003070019") == ["student_number"]


def test_the_old_permanent_residence_number_needs_its_label() -> None:
    assert kinds("永久居留证号：USA440085061201") == ["permanent_residence"]
    assert kinds("USA440085061201") == []


def test_many_cells_are_judged_as_each_by_itself() -> None:
    number = numbers_of("resident_id")
    cells = [
        "440301199003070019", "440301199003070011", "", "11010519491231002x", "440301199302300013",
        "440305205003070012", "'440301199003070019"[1:], "449999199003070013", "张三",
    ]  # fmt: skip
    fitting = {row for fits in number.cells(cells) if fits.confidence for row in fits.rows}
    assert fitting == {row for row, cell in enumerate(cells) if number.fits(cell)}
    assert {0, 3, 6} <= fitting


def test_a_day_counts_from_its_beginning() -> None:
    born_tomorrow = "440301202611280019"
    body = [born_tomorrow[:17] + last for last in "0123456789X"]
    assert not any(numbers_of("resident_id").fits(value) for value in body)
    later = identity_numbers(TODAY + dt.timedelta(days=1))[0]
    assert sum(later.fits(value) is not None for value in body) == 1


def test_what_the_oracle_accepts_is_accepted_but_for_who_is_not_born() -> None:
    dice = Dice("identity oracle")
    number = numbers_of("resident_id")
    values = [MAKERS["resident_id"](dice) for _ in range(2_000)]
    assert all(map(number.fits, values))
    # The oracle knows a code in the years alone in which it was in use.
    assert sum(map(ric.is_valid, values)) > len(values) / 2
    assert ric.is_valid("440305205003070012")
    assert not ric.is_valid("810000199001010019")


def test_regions_are_codes_with_names() -> None:
    assert REGIONS["440305"] == "南山区"
    assert {"11", "44", "71", "81", "82", "83"} <= PROVINCES
    assert KNOWN.sum() == len(REGIONS) > 6_800


def test_a_latin_label_may_stand_right_before_the_number() -> None:
    assert kinds("，ID440301199003070019，") == ["resident_id"]
    assert kinds("，grid440301199003070019，") == []
