"""Numbers of organisations: GB 32100, GB 11714, and the registration number of 15 digits."""

from corpus.dice import Dice
from corpus.region import REGIONS

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DEPARTMENTS = ("91", "91", "91", "92", "93", "11", "12", "13", "51", "52", "53", "N2", "Y1", "A1")
_BODY = (3, 7, 9, 10, 5, 8, 4, 2)
_PURE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def organisation_check(body: str) -> str:
    """Return the check character of GB 11714 for eight characters."""
    total = sum(_PURE.index(sign) * weight for sign, weight in zip(body, _BODY, strict=True))
    return "0123456789X"[-total % 11]


def organisation_code(dice: Dice) -> str:
    """Make an organisation code: eight characters, a hyphen, the check character."""
    body = dice.digits(8) if dice.chance(0.6) else f"MA{dice.text(6, ALPHABET)}"
    return f"{body}-{organisation_check(body)}"


def uscc_check(body: str) -> str:
    """Return the check character of GB 32100 for seventeen characters."""
    total, weight = 0, 1
    for sign in body:
        total += ALPHABET.index(sign) * weight
        weight = weight * 3 % 31
    return ALPHABET[-total % 31]


def uscc(dice: Dice) -> str:
    """Make a unified social credit code; it holds an organisation code that is right itself."""
    inner = organisation_code(dice).replace("-", "")
    body = f"{dice.pick(_DEPARTMENTS)}{dice.pick(REGIONS).code}{inner}"
    return body + uscc_check(body)


def business_licence(dice: Dice) -> str:
    """Make a registration number of 15 digits: ISO 7064 MOD 11,10 over fourteen."""
    body = f"{dice.pick(REGIONS).code}{dice.whole(0, 4)}{dice.digits(7)}"
    carry = 10
    for figure in body:
        carry = ((carry + int(figure)) % 10 or 10) * 2 % 11
    return body + str((11 - carry) % 10)


_PLACES = ("示例市", "东港", "西岭", "南湾", "北川", "江城", "云州", "海宁湾", "石桥", "新港")
_NAMES = (
    "恒信", "瑞丰", "华腾", "金桥", "博远", "天润", "宏达", "盛景", "中科云帆", "百川", "鼎新",
    "启明", "远航", "诚和", "嘉禾", "万象", "星火", "安泰", "汇通", "绿源", "同创", "智行", "卓越",
    "蓝海",
)  # fmt: skip
_TRADES = (
    "科技", "信息技术", "建筑工程", "物业管理", "人力资源", "商贸", "物流", "医疗器械", "文化传媒",
    "环保", "餐饮管理", "劳务", "电子", "软件", "汽车服务", "教育咨询", "农业发展",
)  # fmt: skip
_FORMS = (
    "有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司",
    "合伙企业（有限合伙）", "（示例）有限公司",
)  # fmt: skip


def company(dice: Dice) -> str:
    """Invent the name of a company: place, name, trade, form."""
    return f"{dice.pick(_PLACES)}{dice.pick(_NAMES)}{dice.pick(_TRADES)}{dice.pick(_FORMS)}"
