"""Numbers are right by the published vectors and by libraries that know nothing of us."""

import datetime as dt
import re
from collections.abc import Callable

import phonenumbers
import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.imei
import stdnum.iso7064.mod_11_2
import stdnum.iso7064.mod_11_10
import stdnum.luhn
from stdnum import numdb

from corpus.dice import Dice
from corpus.number import card, contact, identity, organisation
from corpus.region import FORMER, REGIONS

COUNT = 400


def made(maker: Callable[[Dice], str]) -> list[str]:
    dice = Dice("test")
    return [maker(dice) for _ in range(COUNT)]


@pytest.mark.parametrize(
    ("check", "body", "expected"),
    [
        (identity.mod_11_2, "44030119900307001", "9"),
        (identity.mod_11_2, "11010519491231002", "X"),
        (identity.mod_11_2, "94484019850612001", "3"),
        (organisation.uscc_check, "91440300192203821", "6"),
        (organisation.uscc_check, "91440300708461136", "T"),
        (organisation.uscc_check, "N2440306MF1234567", "R"),
        (organisation.organisation_check, "MA5G1234", "3"),
        (organisation.organisation_check, "45575001", "9"),
        (card.luhn, "622202400000000001", "4"),
        (card.luhn, "86012304567890", "0"),
        (card.luhn, "898600123456789012", "0"),
    ],
)
def test_a_check_digit_is_that_of_the_published_vector(
    check: Callable[[str], str], body: str, expected: str
) -> None:
    assert check(body) == expected


def test_identity_numbers_pass_the_checksum_and_name_a_division_and_a_day() -> None:
    known = numdb.get("cn/loc")
    for number in made(identity.resident_id):
        assert stdnum.cn.ric.calc_check_digit(number) == number[17]
        assert any(fields for _, fields in known.info(number[:6])), number
        assert stdnum.cn.ric.get_birth_date(number) < dt.date(2026, 1, 1)


@pytest.mark.parametrize("maker", [identity.residence_permit, identity.permanent_residence])
def test_permits_of_residence_pass_mod_11_2(maker: Callable[[Dice], str]) -> None:
    assert all(stdnum.iso7064.mod_11_2.is_valid(number) for number in made(maker))


def test_credit_codes_are_valid_where_the_library_knows_their_department() -> None:
    numbers = made(organisation.uscc)
    known = [number for number in numbers if number[0].isdigit()]
    assert len(known) > COUNT / 2
    assert all(stdnum.cn.uscc.is_valid(number) for number in known)


def test_a_credit_code_holds_an_organisation_code_that_is_right_itself() -> None:
    for number in made(organisation.uscc):
        assert organisation.organisation_check(number[8:16]) == number[16]


def test_registration_numbers_pass_mod_11_10() -> None:
    for number in made(organisation.business_licence):
        assert stdnum.iso7064.mod_11_10.is_valid(number)


@pytest.mark.parametrize("maker", [card.bank_card, card.imei, card.iccid])
def test_cards_and_devices_pass_luhn(maker: Callable[[Dice], str]) -> None:
    assert all(stdnum.luhn.is_valid(number) for number in made(maker))


def test_imeis_are_valid() -> None:
    assert all(stdnum.imei.is_valid(number) for number in made(card.imei))


def test_mobile_numbers_are_ones_that_a_phone_library_takes() -> None:
    for number in made(contact.mobile):
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))


def test_landlines_are_ones_that_a_phone_library_takes() -> None:
    for number in made(contact.landline):
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")), number


@pytest.mark.parametrize(
    ("maker", "pattern"),
    [
        (identity.hkid, r"[A-Z]\d{6}\([0-9A]\)"),
        (identity.twid, r"[A-Z][12]\d{8}"),
        (identity.resident_id_15, r"\d{15}"),
        (card.vin, r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}"),
        (card.imsi, r"460\d{12}"),
        (card.meid, r"[A-F][0-9A-F]{13}"),
        (contact.plate, r"[\u4e00-\u9fff][A-P]([A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[学警挂])"),
    ],
)
def test_the_others_have_their_shape(maker: Callable[[Dice], str], pattern: str) -> None:
    assert all(re.fullmatch(pattern, number) for number in made(maker))


@pytest.mark.parametrize(("number", "check"), [("A123456", "3"), ("C123456", "9")])
def test_the_hong_kong_vectors_hold(number: str, check: str) -> None:
    total = 36 * 9 + (ord(number[0]) - 55) * 8
    total += sum(int(n) * w for n, w in zip(number[1:], range(7, 1, -1), strict=True))
    assert "0123456789A"[-total % 11] == check
    assert any(made_number.endswith(")") for made_number in made(identity.hkid))


def test_every_division_is_known_to_the_library() -> None:
    known = numdb.get("cn/loc")
    codes = [region.code for region in REGIONS] + list(FORMER)
    assert not [code for code in codes if not any(fields for _, fields in known.info(code))]
