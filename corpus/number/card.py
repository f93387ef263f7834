"""Numbers of cards and devices; check digits by Luhn (ISO/IEC 7812-1 annex B)."""

from corpus.dice import Dice

_UNIONPAY = (
    "622202", "621226", "622848", "622700", "621700", "622588", "621483", "622262", "622666",
    "622155", "621661", "622908", "623058", "622188", "621799",
)  # fmt: skip
_CREDIT = ("436742", "451289", "524094", "552245", "356827", "628888", "625333")
_UPPER_HEX = "0123456789ABCDEF"


def luhn(body: str) -> str:
    """Return the Luhn digit of a body of digits."""
    total = 0
    for place, figure in enumerate(reversed(body)):
        doubled = int(figure) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def bank_card(dice: Dice) -> str:
    """Make a bank card number of 16 to 19 digits: debit cards mostly, then credit cards."""
    if dice.chance(0.75):
        prefix, length = dice.pick(_UNIONPAY), dice.pick((19, 19, 19, 16, 17, 18))
    else:
        prefix, length = dice.pick(_CREDIT), 16
    body = prefix + dice.digits(length - len(prefix) - 1)
    return body + luhn(body)


_MAKERS = ("86", "35", "01", "99")


def imei(dice: Dice) -> str:
    """Make an IMEI: 14 digits and Luhn."""
    body = dice.pick(_MAKERS) + dice.digits(12)
    return body + luhn(body)


def iccid(dice: Dice) -> str:
    """Make an ICCID of a Chinese operator: 8986, 19 or 20 digits, Luhn at the end."""
    body = "8986" + dice.pick(("00", "01", "03", "06", "09", "11")) + dice.digits(13)
    return body + luhn(body)


def imsi(dice: Dice) -> str:
    """Make an IMSI of a Chinese operator: 460, two of the operator, ten digits."""
    return "460" + dice.pick(("00", "01", "02", "03", "07", "11")) + dice.digits(10)


def meid(dice: Dice) -> str:
    """Make an MEID: A0 to FF and twelve hexadecimal digits, without check digit."""
    return dice.pick("ABCDEF") + dice.text(13, _UPPER_HEX)


_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(dice: Dice) -> str:
    """Make a vehicle identification number (GB 16735), the check character in place 9."""
    head = dice.pick(("LSV", "LFV", "LGB", "LBV", "LVS", "LE4", "LJD")) + dice.text(5, _VIN)
    tail = dice.pick("KLMNPRS") + dice.pick(_VIN) + dice.digits(6)
    body = f"{head}0{tail}"
    total = sum(
        (_VIN_VALUES[sign] if sign in _VIN_VALUES else int(sign)) * weight
        for sign, weight in zip(body, _VIN_WEIGHTS, strict=True)
    )
    return f"{head}{'0123456789X'[total % 11]}{tail}"
