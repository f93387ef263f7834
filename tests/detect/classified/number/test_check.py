import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imei as imei_oracle
from stdnum import luhn as luhn_oracle
from stdnum.iso7064 import mod_11_2 as mod_11_2_oracle
from stdnum.iso7064 import mod_11_10 as mod_11_10_oracle

from corpus.dice import Dice
from detect.classified.number import check

digits = st.text(string.digits, min_size=1, max_size=40)
bodies = st.text(string.digits, min_size=17, max_size=17)
IDS = (
    "440301199003070019",
    "11010519491231002X",
    "440305200002290125",
    "440304202501010039",
    "810000199001010019",
    "820000199205050022",
    "830000198506151238",
    "944840198506120013",
)
CREDIT_CODES = (
    "914403001922038216",
    "91440300708461136T",
    "11440300007500016J",
    "124403004557500190",
    "N2440306MF1234567R",
    "Y1440300MB2C00013K",
    "92440300MA5EABCD6J",
)


@pytest.mark.parametrize("value", IDS)
def test_a_true_identity_number_passes_and_no_other_check_character_does(value: str) -> None:
    passing = [sign for sign in "0123456789X" if check.mod_11_2(value[:17] + sign)]
    assert passing == [value[17]]


@given(bodies)
def test_the_check_character_of_an_identity_number_is_that_of_iso_7064(body: str) -> None:
    assert check.mod_11_2(body + mod_11_2_oracle.calc_check_digit(body))


@given(st.lists(bodies, min_size=1), st.sampled_from("0123456789Xx"))
def test_many_identity_numbers_are_judged_as_each_by_itself(some: list[str], last: str) -> None:
    values = [body + last for body in some]
    together = check.mod_11_2_all(check.digits_of(values, 18))
    assert together.tolist() == [check.mod_11_2(value) for value in values]


@given(digits)
def test_luhn_is_that_of_the_oracle(value: str) -> None:
    assert check.luhn(value) == luhn_oracle.is_valid(value)
    assert check.luhn_all(check.digits_of([value], len(value))).tolist() == [check.luhn(value)]


@given(st.text(string.digits, min_size=15, max_size=15))
def test_an_imei_is_a_luhn_number(value: str) -> None:
    if imei_oracle.is_valid(value):
        assert check.luhn(value)


@pytest.mark.parametrize("value", CREDIT_CODES)
def test_credit_codes_pass_both_their_checks_and_no_changed_place_does(value: str) -> None:
    assert check.mod_31(value)
    assert check.organisation(value[8:17])
    alphabet = check.USCC_ALPHABET
    for place in range(18):
        other = alphabet[(alphabet.index(value[place]) + 1) % len(alphabet)]
        assert not check.mod_31(value[:place] + other + value[place + 1 :])


@pytest.mark.parametrize("value", ["91440300708461136X", "9144030070846I136T"])
def test_a_wrong_check_or_a_letter_that_is_not_used_is_no_credit_code(value: str) -> None:
    assert not check.mod_31(value)


def test_organisation_codes_and_business_licences_have_their_own_checks() -> None:
    assert check.organisation("MA5G12343")
    assert check.organisation("455750019")
    assert not check.organisation("MA5G12344")
    assert check.mod_11_10("440301101234569")
    assert not check.mod_11_10("440301101234560")


@given(st.text(string.digits, min_size=14, max_size=14))
def test_the_chain_of_a_licence_is_that_of_iso_7064(body: str) -> None:
    assert check.mod_11_10(body + mod_11_10_oracle.calc_check_digit(body))


def test_hong_kong_and_taiwan_have_their_own_checks() -> None:
    assert check.hong_kong("A1234563")
    assert check.hong_kong("C1234569")
    assert not check.hong_kong("A1234564")
    assert check.taiwan("A123456789")
    assert not check.taiwan("A123456780")


def test_place_nine_of_a_vehicle_is_its_check() -> None:
    assert check.vehicle("1M8GDM9AXKP042788")
    assert not check.vehicle("1M8GDM9A1KP042788")


@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_every_weight_of_an_identity_number_tells_one_changed_digit(
    body: str, place: int, by: int
) -> None:
    value = body + mod_11_2_oracle.calc_check_digit(body)
    digit = str((int(body[place]) + by) % 10)
    assert not check.mod_11_2(value[:place] + digit + value[place + 1 :])


@pytest.mark.parametrize("place", range(17))
def test_no_weight_of_an_identity_number_can_be_changed_unseen(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    weights = list(check.ID_WEIGHTS)
    weights[place] += 1
    monkeypatch.setattr(check, "ID_WEIGHTS", tuple(weights))
    assert not all(map(check.mod_11_2, IDS))


@pytest.mark.parametrize("place", range(17))
def test_no_weight_of_a_credit_code_can_be_changed_unseen(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    dice = Dice("weights")
    bodies = [dice.text(17, check.USCC_ALPHABET[1:]) for _ in range(5)]
    true = [body + last for body in bodies for last in check.USCC_ALPHABET]
    true = [value for value in true if check.mod_31(value)]
    weights = list(check.USCC_WEIGHTS)
    weights[place] += 1
    monkeypatch.setattr(check, "USCC_WEIGHTS", tuple(weights))
    assert len(true) == len(bodies)
    assert not any(map(check.mod_31, true))


def test_values_become_rows_of_digits() -> None:
    rows = check.digits_of(["123", "45X"], 3)
    assert rows.dtype == np.uint8
    assert rows.tolist() == [[1, 2, 3], [4, 5, 40]]
