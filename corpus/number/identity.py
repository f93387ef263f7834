"""Numbers of people: GB 11643, permits of residence, and what is shaped like them.

Check digit: ISO 7064 MOD 11-2, computed here by Horner's rule.
"""

import datetime as dt

from corpus.dice import Dice
from corpus.region import FORMER, REGIONS

FIRST_DAY, LAST_DAY = dt.date(1938, 1, 1), dt.date(2025, 12, 31)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mod_11_2(body: str) -> str:
    """Return the check character of a body of digits: ISO 7064 MOD 11-2."""
    total = 0
    for figure in body:
        total = (total + int(figure)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def day(dice: Dice, first: dt.date = FIRST_DAY, last: dt.date = LAST_DAY) -> dt.date:
    """Draw a day, both ends included."""
    return first + dt.timedelta(days=dice.whole(0, (last - first).days))


def region_code(dice: Dice) -> str:
    """Draw the code of a division, now and then one that is out of use."""
    return dice.pick(FORMER) if dice.chance(0.05) else dice.pick(REGIONS).code


def resident_id(
    dice: Dice, *, region: str = "", born: dt.date | None = None, male: bool | None = None
) -> str:
    """Make an 18-character resident identity number (GB 11643-1999); odd order is male."""
    order = dice.whole(1, 999)
    if male is not None and order % 2 != male:
        order = order - 1 if order > 1 else 2
    date = born or day(dice)
    body = f"{region or region_code(dice)}{date:%Y%m%d}{order:03}"
    return body + mod_11_2(body)


def resident_id_15(dice: Dice) -> str:
    """Make a number of the first generation: six of region, six of date, three of order."""
    date = day(dice, dt.date(1938, 1, 1), dt.date(1999, 9, 30))
    return f"{region_code(dice)}{date:%y%m%d}{dice.whole(1, 995):03}"


def residence_permit(dice: Dice) -> str:
    """Make a residence permit of a resident of Hong Kong, Macao or Taiwan."""
    return resident_id(dice, region=dice.pick(("810000", "820000", "830000")))


_COUNTRIES = ("840", "826", "392", "410", "250", "276", "036", "124", "702", "643", "356", "586")


def permanent_residence(dice: Dice) -> str:
    """Make a permanent residence number of 2023: 9, 2 province, 3 country, date, 3 order, check."""
    date = day(dice, dt.date(1945, 1, 1), dt.date(2015, 12, 31))
    province = dice.pick(REGIONS).code[:2]
    body = f"9{province}{dice.pick(_COUNTRIES)}{date:%Y%m%d}{dice.digits(3)}"
    return body + mod_11_2(body)


def hkid(dice: Dice) -> str:
    """Make a Hong Kong identity number: a letter, six digits, a check character in brackets."""
    letter, body = dice.pick(_LETTERS), dice.digits(6)
    total = 36 * 9 + (ord(letter) - 55) * 8
    total += sum(int(figure) * weight for figure, weight in zip(body, range(7, 1, -1), strict=True))
    return f"{letter}{body}({'0123456789A'[-total % 11]})"


_TW = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def twid(dice: Dice) -> str:
    """Make a Taiwan identity number: a letter of the county, 1 or 2, seven digits, check."""
    letter, body = dice.pick(sorted(_TW)), dice.pick("12") + dice.digits(7)
    tens, ones = divmod(_TW[letter], 10)
    total = tens + ones * 9
    total += sum(int(figure) * weight for figure, weight in zip(body, range(8, 0, -1), strict=True))
    return f"{letter}{body}{-total % 10}"


_PASSPORTS = ("E#", "E@", "G#", "14", "15", "P", "S", "D", "PE", "SE", "DE", "K", "MA")
_NO_I_O = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def passport(dice: Dice) -> str:
    """Make a passport number in one of the forms in use since 1997."""
    form = dice.pick(("E#", "E@", "E#", "E@", "G#", *_PASSPORTS))
    if form == "E@":
        return f"E{dice.pick(_NO_I_O)}{dice.digits(7)}"
    if form in {"E#", "G#", "K"}:
        return form[0] + dice.digits(8)
    return form + dice.digits(7)


def travel_permit(dice: Dice) -> str:
    """Make a permit to and from Hong Kong and Macao: H, M or C and its digits."""
    forms = (
        f"{dice.pick('HM')}{dice.digits(8)}",
        f"{dice.pick('HM')}{dice.digits(8)}{dice.whole(1, 12):02}",
        f"C{dice.digits(8)}",
        f"C{dice.pick(_NO_I_O)}{dice.digits(7)}",
    )
    return dice.pick(forms)


def driver_archive(dice: Dice) -> str:
    """Make the file number of a driving licence: four of region and eight digits."""
    return dice.pick(REGIONS).code[:4] + dice.digits(8)
