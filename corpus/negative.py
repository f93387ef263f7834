"""Hard negatives: what looks like a value of a kind and is none, each with its reason.

Some pass every check of the number by chance, as they do in life: of these the ones with a word
beside them (`context`) can be told apart, the bare ones only by luck.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import cycle

from corpus.dice import Dice
from corpus.labelled import MAKERS, bare, joined, size
from corpus.number import card, contact, identity, organisation
from corpus.region import REGIONS
from corpus.sample import Labelled, Value, compose

Maker = Callable[[Dice], str]
_HEX = "0123456789abcdef"
_RECENT = dt.date(2018, 1, 1), dt.date(2026, 10, 31)


def _moment(dice: Dice) -> str:
    date = identity.day(dice, *_RECENT)
    return f"{date:%Y%m%d}{dice.whole(0, 23):02}{dice.whole(0, 59):02}{dice.whole(0, 59):02}"


def order_number(dice: Dice) -> str:
    """Make an order number: a moment and four digits."""
    return _moment(dice) + dice.digits(4)


def case_number(dice: Dice) -> str:
    """Make a case number: region, day, four digits."""
    date = identity.day(dice, *_RECENT)
    return f"{dice.pick(REGIONS).code}{date:%Y%m%d}{dice.digits(4)}"


def _passing_case(dice: Dice) -> str:
    body = case_number(dice)[:17]
    return body + identity.mod_11_2(body)


def _parcel(dice: Dice) -> str:
    return f"{dice.pick(REGIONS).code}{dice.digits(6)}GB{dice.digits(5)}"


def parcel_number(dice: Dice) -> str:
    """Make the number of a parcel: region and thirteen digits."""
    return dice.pick(REGIONS).code + dice.digits(13)


def snowflake(dice: Dice) -> str:
    """Make an id of a distributed system: 18 or 19 digits."""
    return str(dice.whole(10**17 * 9, 10**18 * 2))


def millis(dice: Dice) -> str:
    """Make a time in milliseconds."""
    return str(dice.whole(1_500_000_000_000, 1_800_000_000_000))


def _micros(dice: Dice) -> str:
    return millis(dice) + dice.digits(3)


def _spoilt(maker: Maker) -> Maker:
    """Turn the last digit of a value into another one, so that its check is wrong."""

    def spoil(dice: Dice) -> str:
        value = maker(dice)
        places = [place for place, sign in enumerate(value) if sign.isdigit()]
        at = places[-1] if places else len(value) - 1
        wrong = str((int(value[at]) + dice.whole(1, 9)) % 10) if places else dice.pick("0123456789")
        return value[:at] + wrong + value[at + 1 :]

    return spoil


def _spoilt_id(dice: Dice) -> str:
    value = identity.resident_id(dice)
    return value[:17] + dice.pick([sign for sign in "0123456789X" if sign != value[17]])


def _id_with(region: str, date: str, dice: Dice) -> str:
    body = f"{region}{date}{dice.whole(1, 999):03}"
    return body + identity.mod_11_2(body)


def _impossible_day(dice: Dice) -> str:
    day = dice.pick(("0230", "0231", "0431", "0631", "1131", "1301", "0012"))
    return _id_with(dice.pick(REGIONS).code, f"{dice.whole(1950, 2010)}{day}", dice)


def _future_day(dice: Dice) -> str:
    return _id_with(dice.pick(REGIONS).code, f"{dice.whole(2031, 2090)}0{dice.whole(1, 9)}12", dice)


def _no_region(dice: Dice) -> str:
    region = dice.pick(("00", "09", "18", "29", "58", "69", "73", "77", "98", "99"))
    date = identity.day(dice)
    return _id_with(region + dice.digits(4), f"{date:%Y%m%d}", dice)


def _masked_id(dice: Dice) -> str:
    value = identity.resident_id(dice)
    forms = (
        value[:6] + "********" + value[14:],
        value[:2] + "*" * 13 + value[15:],
        value[0] + "*" * 16 + value[17],
        value[:10] + "XXXX" + value[14:],
    )
    return dice.pick(forms)


def _inside(maker: Maker) -> Maker:
    """Put a right value inside a longer run of digits or letters."""

    def hide(dice: Dice) -> str:
        value = maker(dice)
        return dice.pick((value + dice.digits(4), f"{dice.digits(3)}{value}{dice.digits(2)}"))

    return hide


def _digest(dice: Dice) -> str:
    return dice.text(dice.pick((32, 40, 64)), _HEX)


def _decimal(dice: Dice) -> str:
    return f"{contact.mobile(dice)}.{dice.digits(2)}"


def _uscc_shape(dice: Dice) -> str:
    return dice.text(18, organisation.ALPHABET)


def _uscc_letter(dice: Dice) -> str:
    value, at = organisation.uscc(dice), dice.whole(8, 16)
    return value[:at] + dice.pick("IOSVZ") + value[at + 1 :]


def _flow_62(dice: Dice) -> str:
    body = dice.pick(("6222", "6228", "6217")) + dice.digits(14)
    return body + card.luhn(body)


def _luhn_15(dice: Dice) -> str:
    body = dice.pick(("20", "31", "44", "86", "35")) + dice.digits(12)
    return body + card.luhn(body)


def _dated_15(dice: Dice) -> str:
    return dice.pick(REGIONS).code + f"{identity.day(dice):%y%m%d}" + dice.digits(3)


def _hex_17(dice: Dice) -> str:
    return dice.text(17, "0123456789ABCDEF")


def _spoilt_vin(dice: Dice) -> str:
    value = card.vin(dice)
    return value[:8] + dice.pick([sign for sign in "0123456789X" if sign != value[8]]) + value[9:]


def _short_area(dice: Dice) -> str:
    return f"0755-{dice.pick('2568')}{dice.digits(6)}"


def _version(dice: Dice) -> str:
    return ".".join(str(dice.whole(1, 20)) for _ in range(4))


def _oid(dice: Dice) -> str:
    return "1.3.6.1.4.1." + ".".join(str(dice.whole(1, 99)) for _ in range(3))


def _bad_quad(dice: Dice) -> str:
    return (
        f"{dice.whole(256, 999)}.{dice.whole(0, 255)}.{dice.whole(0, 300)}.{dice.whole(256, 400)}"
    )


def _fingerprint(dice: Dice) -> str:
    return ":".join(dice.text(2, _HEX) for _ in range(20))


def _clock(dice: Dice) -> str:
    return ":".join(f"{dice.whole(0, 59):02}" for _ in range(3)) + f" {dice.whole(10, 23)}:00:00"


def _low_precision(dice: Dice) -> str:
    return f"{dice.between(113, 115):.1f},{dice.between(22, 23):.1f}"


def _amounts(dice: Dice) -> str:
    return f"{dice.between(200, 9000):.4f}, {dice.between(200, 9000):.4f}"


def _iccid_spoilt(dice: Dice) -> str:
    value = card.iccid(dice)
    return value[:-1] + str((int(value[-1]) + dice.whole(1, 9)) % 10)


def _plate_spoilt(dice: Dice) -> str:
    forms = (
        f"{dice.pick('粤京沪苏')}{dice.pick('IO')}{dice.digits(5)}",
        f"{dice.pick('粤京沪苏')}A{dice.digits(2)}I{dice.digits(2)}",
        f"{dice.pick('粤京沪苏')}BDI{dice.digits(4)}",
        f"{dice.pick('粤京沪苏')}B{dice.digits(4)}",
        f"{dice.pick('甲乙丙丁')}B{dice.digits(5)}",
    )
    return dice.pick(forms)


def _model(head: str, count: int) -> Maker:
    return lambda dice: head + dice.digits(count)


_NO_NAMES = (
    "（盖章）", "________", "待定", "办公室", "信息科", "同上", "性别", "见附件", "本人签名",
    "（签字）", "无", "各区人民政府", "综合管理科", "值班人员", "详见名单", "以营业执照为准", "N/A",
    "不详", "张某", "李某某", "王*",
)  # fmt: skip
_NO_ADDRESSES = (
    "同上", "不详", "见附件", "省、自治区、直辖市", "10.20.3.4", "0x7ffee4c8",
    "http://city.example/list", "以登记机关核定为准", "________________", "本市行政区域内",
    "各县（市、区）", "线上办理", "无",
)  # fmt: skip
_NO_COMPANIES = (
    "有限公司", "本公司", "股份有限公司的董事", "该有限责任公司", "各有关单位", "其他合伙企业",
    "待定", "个人",
)  # fmt: skip
_NO_MAILS = (
    "icon@2x.png", "@angular/core@12.3.4", "user@localhost", "git@v1.2", "name@", "@全体成员",
    "price@5.00", "lib@1.4.0",
)  # fmt: skip


def _of(choices: tuple[str, ...]) -> Maker:
    return lambda dice: dice.pick(choices)


Decoy = tuple[str, Maker, tuple[str, ...]]
"""A reason, what makes the value, and the labels beside it; without labels it stands bare."""

_ORDER = ("订单号", "订单编号", "流水号", "交易流水号", "order_no", "业务流水", "支付单号")
_CASE = (
    "案件编号",
    "办件编号",
    "受理号",
    "案号",
    "宗地编号",
    "收件编号",
    "办件号",
    "档案流水号",
    "case_no",
)
_OTHER = ("合同编号", "产品编码", "序列号", "项目编号", "批次号", "工单号", "物料号", "serial")
_MODEL = ("型号", "产品型号", "规格型号", "物料编码", "货号", "model", "零件号")

_IDS: tuple[Decoy, ...] = (
    ("order_number", order_number, ()),
    ("order_number", order_number, _ORDER),
    ("case_number", case_number, _CASE),
    ("case_number_that_passes", _passing_case, _CASE),
    ("wrong_check", _spoilt_id, ()),
    ("wrong_check", _spoilt_id, ("身份证号", "证件号码")),
    ("impossible_day", _impossible_day, ("证件号码", "编号")),
    ("future_day", _future_day, ("编号", "身份证号")),
    ("no_region", _no_region, ("编号", "证件号")),
    ("no_region", _no_region, ()),
    ("masked", _masked_id, ("身份证号", "证件号码")),
    ("inside_longer", _inside(identity.resident_id), ()),
    ("parcel", parcel_number, ("宗地号", "不动产单元号")),
    ("parcel", _parcel, ()),
    ("snowflake", snowflake, ()),
    ("snowflake", snowflake, ("id", "消息ID", "主键")),
    ("digest", _digest, ("sha256", "md5")),
    ("case_number", case_number, ()),
)
DECOYS: dict[str, tuple[Decoy, ...]] = {
    "resident_id": _IDS,
    "residence_permit": (
        ("wrong_check", _spoilt(identity.residence_permit), ("居住证号", "编号")),
        ("wrong_check", _spoilt(identity.residence_permit), ()),
        ("order_number", order_number, _ORDER),
        ("snowflake", snowflake, ()),
    ),
    "permanent_residence": (
        ("wrong_check", _spoilt(identity.permanent_residence), ("永久居留证号", "编号")),
        ("snowflake", snowflake, ()),
        ("snowflake", snowflake, ("消息ID", "id")),
        ("order_number", order_number, _ORDER),
    ),
    "resident_id_15": (
        ("fifteen_digits", _dated_15, _CASE),
        ("fifteen_digits", _luhn_15, _ORDER),
        ("fifteen_digits", _dated_15, ()),
        ("micros", _micros, ()),
    ),
    "uscc": (
        ("shape", _uscc_shape, _OTHER),
        ("shape", _uscc_shape, ()),
        ("forbidden_letter", _uscc_letter, ("统一社会信用代码", "编号")),
        ("wrong_check", _spoilt(organisation.uscc), ()),
        ("wrong_check", _spoilt(organisation.uscc), ("信用代码",)),
        ("inside_longer", _inside(organisation.uscc), ()),
        ("digest", _digest, ()),
        ("order_number", order_number, _ORDER),
    ),
    "organisation_code": (
        ("wrong_check", _spoilt(organisation.organisation_code), ("组织机构代码",)),
        ("part_number", lambda d: f"{d.digits(8)}-{d.digits(1)}", _MODEL),
        ("part_number", lambda d: f"{d.digits(8)}-{d.digits(1)}", ()),
        ("date_part", lambda d: f"{identity.day(d):%Y%m%d}-{d.digits(1)}", _OTHER),
    ),
    "business_licence": (
        ("wrong_check", _spoilt(organisation.business_licence), ("注册号",)),
        ("fifteen_digits", _dated_15, _ORDER),
        ("fifteen_digits", _luhn_15, ()),
    ),
    "bank_card": (
        ("snowflake", snowflake, ()),
        ("snowflake", snowflake, ("主键", "消息ID", "id")),
        ("order_number", order_number, _ORDER),
        ("order_that_passes", _flow_62, _ORDER),
        ("wrong_check", _spoilt(card.bank_card), ()),
        ("wrong_check", _spoilt(card.bank_card), ("卡号", "银行卡号")),
        ("identity_number", identity.resident_id, ("身份证号",)),
        ("inside_longer", _inside(card.bank_card), ()),
        ("micros", _micros, ()),
        ("case_number", case_number, _CASE),
        ("masked", lambda d: f"6222 **** **** {d.digits(4)}", ("银行卡号", "卡号")),
        ("parcel", parcel_number, ()),
    ),
    "mobile": (
        ("millis", millis, ()),
        ("millis", millis, ("timestamp", "ts", "createTime")),
        ("inside_longer", _inside(contact.mobile), ()),
        ("decimal", _decimal, ("金额", "数值")),
        ("order_number", contact.mobile, ("订单号", "工单号", "运单号", "流水号", "合同编号")),
        ("wrong_prefix", lambda d: f"1{d.pick('012')}{d.digits(9)}", ("手机号", "编号")),
        ("too_short", lambda d: contact.mobile(d)[:10], ("手机号", "电话")),
        ("masked", lambda d: f"138****{d.digits(4)}", ("手机号", "联系电话")),
        ("order_number", order_number, ()),
        ("glued_letters", lambda d: f"SN{contact.mobile(d)}X", ()),
        ("identity_number", identity.resident_id, ("身份证号",)),
    ),
    "landline": (
        ("short_area", _short_area, ("电话",)),
        ("date", lambda d: f"{identity.day(d):%Y-%m-%d}", ("日期", "出生日期")),
        ("document_number", lambda d: f"2026-{d.digits(8)}", _OTHER),
        ("isbn", lambda d: f"978-7-{d.digits(4)}-{d.digits(4)}-{d.digits(1)}", ("ISBN", "书号")),
        ("inside_longer", _inside(lambda d: f"0755{d.digits(8)}"), ()),
        ("amount", lambda d: f"0.{d.digits(8)}", ("系数", "比例")),
    ),
    "passport": (
        ("model", _model("E", 8), _MODEL),
        ("model", _model("G", 8), _MODEL),
        ("model", _model("PE", 7), _MODEL),
        ("letter_i", lambda d: f"EI{d.digits(7)}", ("护照号",)),
        ("too_short", _model("E", 7), ("护照号",)),
        ("model", _model("E", 8), ()),
    ),
    "travel_permit": (
        ("model", _model("H", 8), _MODEL),
        ("model", _model("C", 8), _MODEL),
        ("too_short", _model("H", 7), ("通行证号",)),
        ("model", _model("M", 8), ()),
    ),
    "hkid": (
        ("wrong_check", _spoilt(identity.hkid), ("香港身份证",)),
        ("note", lambda d: f"{d.pick('ABC')}{d.digits(6)}", _MODEL),
        ("wrong_check", _spoilt(identity.hkid), ()),
    ),
    "twid": (
        ("wrong_check", _spoilt(identity.twid), ("台湾身份证",)),
        ("model", lambda d: f"{d.pick('ABCF')}1{d.digits(8)}", _MODEL),
        ("wrong_check", _spoilt(identity.twid), ()),
    ),
    "driver_archive": (
        ("twelve_digits", lambda d: _moment(d)[:12], ("时间戳", "流水号")),
        ("twelve_digits", lambda d: d.digits(12), _OTHER),
        ("twelve_digits", lambda d: d.digits(12), ()),
    ),
    "plate": (
        ("not_issued", _plate_spoilt, ("车牌号", "编号")),
        ("not_issued", _plate_spoilt, ()),
        ("document", lambda d: f"粤府〔2026〕{d.whole(1, 99)}号", ("文号",)),
        ("glued", lambda d: f"京A{d.digits(9)}", ()),
        ("masked", lambda d: f"粤B***{d.digits(2)}", ("车牌号",)),
    ),
    "vin": (
        ("hex", _hex_17, ()),
        ("hex", _hex_17, _OTHER),
        ("wrong_check", _spoilt_vin, ()),
    ),
    "imei": (
        ("fifteen_digits", _luhn_15, _ORDER),
        ("fifteen_digits", _luhn_15, _CASE),
        ("wrong_check", _spoilt(card.imei), ("IMEI",)),
        ("fifteen_digits", _dated_15, ()),
        ("micros", _micros, ("时间戳",)),
    ),
    "imsi": (
        ("fifteen_digits", _luhn_15, _ORDER),
        ("other_country", lambda d: f"310{d.digits(12)}", _OTHER),
        ("fifteen_digits", _dated_15, ()),
    ),
    "iccid": (
        ("wrong_check", _iccid_spoilt, ()),
        ("order_number", order_number, _ORDER),
        ("inside_longer", _inside(card.iccid), ()),
    ),
    "meid": (
        ("hex", lambda d: d.text(14, "0123456789ABCDEF"), _OTHER),
        ("digest", _digest, ()),
        ("digits", lambda d: d.digits(14), ("时间", "编号")),
    ),
    "mac": (
        ("fingerprint", _fingerprint, ("指纹", "SHA1")),
        ("clock", _clock, ()),
        ("empty", lambda d: d.pick(("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff")), ("MAC地址",)),
        ("multicast", lambda d: f"01:00:5e:{d.digits(2)}:{d.digits(2)}:01", ("组播地址",)),
    ),
    "ipv4": (
        ("version", _version, ("版本", "version", "V", "版本号")),
        ("oid", _oid, ("OID", "oid")),
        ("bad_quad", _bad_quad, ()),
        ("version", lambda d: f"v{_version(d)}", ()),
        ("section", lambda d: f"第{_version(d)}节", ()),
    ),
    "ipv6": (
        ("clock", _clock, ()),
        ("fingerprint", _fingerprint, ("指纹",)),
        ("code", lambda d: f"std::{d.pick(('vector', 'map', 'string'))}", ()),
    ),
    "email": (("not_mail", _of(_NO_MAILS), ()), ("not_mail", _of(_NO_MAILS), ("依赖", "文件"))),
    "gps": (
        ("low_precision", _low_precision, ("比例", "范围")),
        ("amounts", _amounts, ("金额", "单价、总价")),
        ("amounts", _amounts, ()),
        ("single", lambda d: f"{d.between(20, 50):.6f}", ("系数", "权重")),
    ),
    "name": (
        ("not_a_name", _of(_NO_NAMES), ("姓名", "联系人", "负责人", "申请人", "经办人")),
        ("company", organisation.company, ("名称", "申请人")),
    ),
    "address": (
        ("not_an_address", _of(_NO_ADDRESSES), ("地址", "住址", "IP地址", "内存地址", "网址")),
        ("not_an_address", _of(_NO_ADDRESSES), ()),
    ),
    "company": (("not_a_company", _of(_NO_COMPANIES), ("单位名称", "名称")),),
}  # fmt: skip
"""Per kind the decoys that the corpus takes turns with."""


_OTHER_KINDS = {"identity_number": "resident_id", "company": "company"}


def negative(dice: Dice, kind: str, decoy: Decoy) -> Labelled:
    """Make one decoy of a kind."""
    why, maker, labels = decoy
    form = joined(dice, dice.pick(labels)) if labels else bare(dice)
    value = Value(_OTHER_KINDS.get(why, ""), maker(dice))
    text, spans = compose(form, {"value": value, "value2": Value("", "")})
    return Labelled(text=text, about=kind, spans=spans, why=why, context=bool(labels))


def negatives(kind: str, count: int, seed: str = "1") -> Iterator[Labelled]:
    """Make `count` decoys of a kind, the reasons taking turns."""
    dice = Dice(f"{seed}/negative/{kind}")
    turns = cycle(DECOYS[kind])
    for _ in range(count):
        yield negative(dice, kind, next(turns))


def needed(kind: str) -> int:
    """How many hard negatives the corpus holds of a kind: three for each positive."""
    return 3 * size(kind)


KINDS = tuple(MAKERS)
