import pytest

from detect.classified.number.check import luhn, mod_11_2
from tests.detect.classified.number.only import one
from tests.detect.classified.reading import found, kinds

CARDS = (
    "6222024000000000014",
    "6217001234567890122",
    "6228480012345678903",
    "621468301234567899",
    "4367421234567896",
)


@pytest.mark.parametrize("value", CARDS)
def test_cards_are_found_by_themselves_and_the_next_digit_is_none(value: str) -> None:
    assert kinds(value) == ["bank_card"]
    assert kinds(f"银行卡号：{value[:-1]}{(int(value[-1]) + 1) % 10}") == []


@pytest.mark.parametrize(
    "text", ["6222 0240 0000 0000 014", "6222-0240-0000-0000-014", "6222·0240·0000·0000·014"]
)
def test_groups_of_four_are_one_card(text: str) -> None:
    assert one(found(text)).value == "6222024000000000014"


@pytest.mark.parametrize("text", ["6222 0240-0000 0000 014", "62220 2400000 0000014"])
def test_other_groups_are_no_card(text: str) -> None:
    assert kinds(text) == []


def test_a_number_without_an_issuer_is_no_card() -> None:
    assert kinds("银行卡号：1234567812345670") == []


def test_an_identity_number_that_is_a_card_as_well_is_one_kind() -> None:
    bodies = [f"62010219900307{order:03}" for order in range(200)]
    values = [body + last for body in bodies for last in "0123456789"]
    both = next(value for value in values if mod_11_2(value) and luhn(value))
    assert kinds(both) == ["resident_id"]
    assert kinds(f"银行卡号：{both}") == ["bank_card"]


def test_a_card_that_its_label_names_is_a_card() -> None:
    assert kinds("订单号：6222024000000000014") == []
    assert kinds("卡号：6222024000000000014，订单号：6222024000000000014") == ["bank_card"]


def test_international_cards_are_found() -> None:
    assert kinds("4111111111111111") == ["bank_card"]
    assert kinds("卡号 378282246310005") == ["bank_card"]
    assert kinds("378282246310005") == []
