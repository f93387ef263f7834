"""What the cells of a column of a kind look like, for kinds that no checksum tells."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from detect.classified.column.cell import day_of, digits_of_float
from detect.classified.word.address import is_address
from detect.classified.word.company import is_organisation
from detect.classified.word.medical import ICD, VALUES, is_diagnosis
from detect.classified.word.naming import Fit, name_fit
from detect.classified.word.personal import (
    is_crime,
    is_education,
    is_ethnicity,
    is_religion,
    is_sex_or_code,
)

Check = Callable[[str], bool]
"""Says of a plain cell whether it may be of a kind."""


def _is_name(cell: str) -> bool:
    # 王 强: forms set two characters as wide as three.
    return name_fit(cell) > Fit.NONE or name_fit(cell.replace(" ", "")) > Fit.POSSIBLE


def _is_birth(cell: str) -> bool:
    return day_of(cell, serial=True) is not None


def like(pattern: str) -> Check:
    """Return the check that a cell as a whole has a shape."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda cell: compiled.fullmatch(cell) is not None


def holding(pattern: str) -> Check:
    """Return the check that a cell holds something of a shape."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda cell: compiled.search(cell) is not None


def floats(*digits: int) -> Check:
    """Return the check that a cell is a number of so many digits that became a fraction."""
    return lambda cell: digits_of_float(cell) in digits


def either_of(*checks: Check) -> Check:
    """Return the check that one of several holds."""
    return lambda cell: any(check(cell) for check in checks)


_MONEY = like(
    r"[¥￥$]?-?\d{1,3}(?:,?\d{3})*(?:\.\d{1,4})?(?: ?(?:元|万元|万|k|rmb|cny))?"
    r"|\d+(?:\.\d+)?-\d+(?:\.\d+)?(?:元|k|万)?"
)
_WORKING = holding(
    r"(?:大学|学院|学校|中学|小学|一中|技校|党校|职院|师|员|长|工|经理|主任|科员|教授|农民|军人|个体|自由职业|退休|无业|学生|务农|职工|主管|"
    r"总监|助理|会计|出纳|司机|保安|保洁|公务员|干部|销售|专员|秘书|engineer|manager|teacher|doctor|nurse|clerk|driver|director|staff)$"
)
_CREDIT = holding(
    r"逾期|失信|呆账|坏账|关注|次级|可疑|正常|良好|不良|损失|优秀|较差|一般|被执行|黑名单|未结清|已结清|^(?:AAA|AA|A|BBB|BB|B|C|D)[+-]?$|^\d{1,4}(?:\.\d+)?(?:分|次|天|元)?$"
    r"|overdue|default|normal|good|bad|poor|fair|excellent"
)
_STATUS = holding(
    r"低保|特困|残疾|残障|孤儿|退役|优抚|五保|贫困|烈|困难|失独|留守|低收入|上访|重点|精神|视力|听力|肢体|智力|言语|多重|脱贫|建档|单亲|军人|军属|伤残|吸毒|刑释|"
    r"^[一二三四1-4]级$|^(?:是|否|有|Y|N|yes|no|true|false|[0-9])$|^\d{17}[\dXx]\d{2}(?:B\d)?$|disab|veteran|orphan|poverty|low.income|异性恋|同性恋|双性恋|gay|lesbian|straight"
)
_TEMPLATE = either_of(
    like(r"[0-9a-z+/=_-]{16,}"),
    like(r"\[?\s*-?\d+\.\d+(?:[\s,;]+-?\d+\.\d+){3,}.*"),
    holding(
        r"\.(?:jpe?g|png|bmp|dat|wav|fpt|bin|tif|ansi|iso)$|^https?://|^0x[0-9a-f]+$|^data:image"
    ),
    holding(r"^(?:<?binary|blob|bytea|\\x|/9j/|ivbor|[ACGT]{8,})"),
    like(r"(?:已采集|已录入|未采集|left|right|左|右)?(?:手)?(?:拇|食|中|无名|小)?指?"),
)
_DEGREE = r"-?\d{1,3}\.\d{2,}°?[NSEW]?"
_GPS = either_of(
    like(_DEGREE),
    like(rf"[(\[]?(?:POINT ?\()?{_DEGREE}[ ,，;|/]+{_DEGREE}\)*\]?"),
    like(r"[NSEW东西南北]?(?:经|纬)?\d{1,3}[°度]\d{1,2}(?:['′分][\d.]*(?:\"|″|秒)?)?[NSEW]?.*"),
)
_FLAG = like(r"有|无|是|否|已|未|y|n|yes|no|true|false|t|f|0|1|√|×")
_LINK = holding(r"^(?:https?|ftp)://")
_SERIAL = like(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{16,}")


def _is_health(cell: str) -> bool:
    return bool(ICD.fullmatch(cell)) or cell in VALUES or is_diagnosis(cell)


def _is_text(cell: str) -> bool:
    """Whether a cell may be what people write: no date, no link, no serial number."""
    return not (_LINK(cell) or _SERIAL(cell) or day_of(cell) is not None)


_ACCOUNT = like(r"\S{2,64}")
_TOKEN = like(r"\S{12,}")
_LETTERS = like(r"[A-Z]{0,4}[-]?[0-9][0-9A-Z-]{5,21}")

_FIRST = re.compile(r"[^\u3400-\u9fff·]")
LEADING: Final[Mapping[str, Check]] = {
    "name": lambda cell: name_fit(_FIRST.split(cell, 1)[0]) > Fit.POSSIBLE,
}
"""Checks of the first word of a cell that holds more than one thing: a name and its phone."""

CHECKS: Final[Mapping[str, Check]] = {
    "name": _is_name,
    "address": is_address,
    "company": is_organisation,
    "sex": is_sex_or_code,
    "ethnicity": is_ethnicity,
    "religion": either_of(is_religion, _FLAG),
    "birth_date": _is_birth,
    "education": either_of(is_education, _WORKING),
    "income": _MONEY,
    "credit": either_of(_CREDIT, _FLAG),
    "criminal": either_of(is_crime, _FLAG),
    "special_status": either_of(_STATUS, _FLAG),
    "biometric": _TEMPLATE,
    "gps": _GPS,
    "medical": either_of(_is_health, _is_text),
    "track": _is_text,
    "call_record": like(r".+"),
    "account": _ACCOUNT,
    "password": like(r"(?!\*+$)\S{4,128}"),
    "token": _TOKEN,
    "cloud_key": _TOKEN,
    "private_key": holding(r"BEGIN|^[0-9a-z+/=]{40,}"),
    "connection_string": holding(r"://|;|="),
    "estate": holding(r"不动产|房|权|字第|\d{6,}"),
    "social_security": _LETTERS,
    "student_number": _LETTERS,
    "driver_archive": like(r"\d{12}"),
    "officer_card": like(r".{0,6}字?第?\d{4,10}号?"),
}
"""Checks where the heading names the kind: a heading alone is not believed against its cells."""

SHAPES: Final[Mapping[str, Check]] = {
    "resident_id": either_of(like(r"\d{15}|\d{17}[\dx]|\d{6} ?\d{8} ?\d{3}[\dx]"), floats(15, 18)),
    "residence_permit": either_of(like(r"\d{17}[\dx]|[a-z]?\d{8,12}"), floats(18)),
    "permanent_residence": either_of(like(r"\d{17}[\dx]|[a-z]{3}\d{12}"), floats(18)),
    "passport": like(r"[a-z]{1,2}\d{6,9}|\d{9}|[a-z]\d{7}[a-z]?"),
    "travel_permit": like(r"[a-z]{1,2}\d{7,10}|\d{8}"),
    "hkid": like(r"[a-z]{1,2}\d{6}\(?[\da]\)?"),
    "twid": like(r"[a-z]\d{9}"),
    "mobile": either_of(
        like(
            r"(?:(?:\+|00)?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?:[/,;、 ].*)?"
            r"|(?:\+|00)[1-9][\d -]{6,15}"
        ),
        floats(11),
    ),
    "landline": like(
        r"(?:\(?0\d{2,3}\)?[ -]?)?\d{7,8}(?:[ 转-]\d{1,6})?|[48]00[ -]?\d{3}[ -]?\d{4}"
        r"|[1-9]\d{1,2}[ -]?[2-8]\d{6,7}"
    ),
    "email": like(r"[^@\s]+@[^@\s]+"),
    "bank_card": either_of(like(r"\d{12,23}|\d{4}(?:[ -]\d{3,7}){2,5}"), floats(16, 17, 18, 19)),
    "plate": like(r"[\u4e00-\u9fff][A-Z][·. -]?[A-Z0-9]{4,6}[\u4e00-\u9fff]?"),
    "vin": like(r"[A-HJ-NPR-Z0-9]{17}"),
    "imei": either_of(like(r"\d{14,16}"), floats(15)),
    "imsi": either_of(like(r"460\d{12}"), floats(15)),
    "iccid": either_of(like(r"89\d{17,18}[0-9a-f]?"), floats(19, 20)),
    "meid": like(r"[0-9a-f]{14,15}"),
    "mac": like(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}"),
    "ipv4": like(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?"),
    "ipv6": like(r"[0-9a-f:.]*:[0-9a-f:.]+(?:/\d+)?"),
    "uscc": either_of(like(r"[0-9A-Z]{18}|\d{15}"), floats(15, 18)),
    "organisation_code": like(r"[0-9A-Z]{8}-?[0-9A-Z]"),
    "business_licence": either_of(like(r"\d{13,15}|[0-9A-Z]{18}"), floats(13, 15)),
}
"""Shapes of numbers: a column so headed is believed if its cells look like that, though their
checks fail (digits that a spreadsheet rounded away)."""
