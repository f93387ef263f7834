"""Kinds of classified data: one row each, the shared vocabulary of recognisers, pages, reports.

Classes follow GB/T 35273-2020 annex A; base grades follow the algorithm of the project, which is
stricter than one list alone (an identity number is graded by what stands beside it).
"""

from dataclasses import dataclass
from typing import Literal

from situation.content.grade import DataGrade

KindClass = Literal[
    "basic",
    "identity",
    "biometric",
    "online",
    "health",
    "education",
    "property",
    "authentication",
    "communication",
    "device",
    "location",
    "special",
    "organisation",
]

CLASS_NAMES: dict[KindClass, tuple[str, str]] = {
    "basic": ("个人基本资料", "basic data"),
    "identity": ("个人身份信息", "identity"),
    "biometric": ("个人生物识别信息", "biometrics"),
    "online": ("网络身份标识信息", "online identity"),
    "health": ("个人健康生理信息", "health"),
    "education": ("个人教育工作信息", "education and work"),
    "property": ("个人财产信息", "property"),
    "authentication": ("身份鉴别信息", "authentication"),
    "communication": ("个人通信信息", "communication"),
    "device": ("个人常用设备信息", "devices"),
    "location": ("个人位置信息", "location"),
    "special": ("特定身份与其他敏感信息", "special status"),
    "organisation": ("组织数据", "organisations"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. `sensitive`: sensitive personal information after GB/T 45574-2025.

    `identifies`: a value stands for one person, so that distinct values count people; the
    smaller `identifies`, the better it is for that, 0 means not at all.
    """

    key: str
    zh: str
    en: str
    klass: KindClass
    grade: DataGrade
    sensitive: bool = False
    identifies: int = 0


_G1, _G2, _G3, _G4 = (
    DataGrade.GENERAL_1,
    DataGrade.GENERAL_2,
    DataGrade.GENERAL_3,
    DataGrade.GENERAL_4,
)


def _kind(
    key: str,
    zh: str,
    en: str,
    klass: KindClass,
    grade: DataGrade,
    *,
    sensitive: bool = False,
    identifies: int = 0,
) -> Kind:
    return Kind(
        key=key,
        zh=zh,
        en=en,
        klass=klass,
        grade=grade,
        sensitive=sensitive,
        identifies=identifies,
    )


_ROWS: tuple[Kind, ...] = (
    _kind("resident_id", "居民身份证号", "resident identity number", "identity", _G3, identifies=1),
    _kind(
        "resident_id_15",
        "15位居民身份证号",
        "15-digit resident identity number",
        "identity",
        _G3,
        identifies=1,
    ),
    _kind(
        "residence_permit",
        "港澳台居民居住证号",
        "residence permit of Hong Kong, Macao, Taiwan residents",
        "identity",
        _G3,
        identifies=1,
    ),
    _kind(
        "permanent_residence",
        "外国人永久居留身份证号",
        "permanent residence number of foreigners",
        "identity",
        _G3,
        identifies=1,
    ),
    _kind("passport", "护照号", "passport number", "identity", _G3, identifies=2),
    _kind(
        "travel_permit",
        "港澳台通行证号",
        "travel permit of Hong Kong, Macao, Taiwan",
        "identity",
        _G3,
        identifies=2,
    ),
    _kind("hkid", "香港身份证号", "Hong Kong identity number", "identity", _G3, identifies=2),
    _kind("twid", "台湾身份证号", "Taiwan identity number", "identity", _G3, identifies=2),
    _kind("driver_archive", "驾驶证档案编号", "driving licence file number", "identity", _G3),
    _kind("social_security", "社保卡号", "social security card number", "identity", _G3),
    _kind("officer_card", "军官证号", "military officer card number", "identity", _G3),
    _kind("name", "姓名", "name of a person", "basic", _G2, identifies=6),
    _kind("address", "地址", "address", "basic", _G2),
    _kind("mobile", "手机号", "mobile number", "basic", _G2, identifies=4),
    _kind("landline", "固定电话", "landline number", "basic", _G1),
    _kind("email", "电子邮箱", "mail address", "basic", _G2, identifies=5),
    _kind("birth_date", "出生日期", "date of birth", "basic", _G2),
    _kind("sex", "性别", "sex", "basic", _G1),
    _kind("ethnicity", "民族", "ethnicity", "basic", _G2),
    _kind("bank_card", "银行卡号", "bank card number", "property", _G3, sensitive=True),
    _kind("income", "收入与余额", "income and balance", "property", _G3),
    _kind("credit", "征信信息", "credit record", "property", _G4, sensitive=True),
    _kind("estate", "不动产权证号", "real estate title number", "property", _G3),
    _kind("plate", "机动车号牌", "number plate", "property", _G2),
    _kind("vin", "车辆识别代号", "vehicle identification number", "property", _G2),
    _kind("imei", "IMEI", "IMEI", "device", _G2),
    _kind("imsi", "IMSI", "IMSI", "device", _G2),
    _kind("iccid", "ICCID", "ICCID", "device", _G2),
    _kind("meid", "MEID", "MEID", "device", _G2),
    _kind("mac", "MAC地址", "MAC address", "device", _G1),
    _kind("ipv4", "IPv4地址", "IPv4 address", "online", _G1),
    _kind("ipv6", "IPv6地址", "IPv6 address", "online", _G1),
    _kind("account", "网络账号", "online account", "online", _G2),
    _kind("gps", "经纬度", "coordinates", "location", _G3),
    _kind("track", "行踪轨迹", "track of whereabouts", "location", _G4, sensitive=True),
    _kind("medical", "医疗健康信息", "medical data", "health", _G4, sensitive=True),
    _kind("biometric", "生物识别信息", "biometric data", "biometric", _G4, sensitive=True),
    _kind(
        "minor",
        "未满十四周岁未成年人信息",
        "data of children under 14",
        "special",
        _G4,
        sensitive=True,
    ),
    _kind("religion", "宗教信仰", "religion", "special", _G4, sensitive=True),
    _kind("criminal", "违法犯罪记录", "criminal record", "special", _G4, sensitive=True),
    _kind("special_status", "特定身份", "special status", "special", _G4, sensitive=True),
    _kind("student_number", "学籍号", "student number", "education", _G2),
    _kind("education", "学历与职业", "education and occupation", "education", _G2),
    _kind("call_record", "通信记录", "communication records", "communication", _G3, sensitive=True),
    _kind("password", "口令", "password", "authentication", _G4, sensitive=True),
    _kind("private_key", "私钥", "private key", "authentication", _G4, sensitive=True),
    _kind(
        "cloud_key", "云服务密钥", "key of a cloud service", "authentication", _G4, sensitive=True
    ),
    _kind("token", "访问令牌", "access token", "authentication", _G4, sensitive=True),
    _kind(
        "connection_string",
        "含口令的连接串",
        "connection string with a password",
        "authentication",
        _G4,
        sensitive=True,
    ),
    _kind("uscc", "统一社会信用代码", "unified social credit code", "organisation", _G1),
    _kind("organisation_code", "组织机构代码", "organisation code", "organisation", _G1),
    _kind("business_licence", "营业执照注册号", "business licence number", "organisation", _G1),
    _kind("company", "企业名称", "name of a company", "organisation", _G1),
)

KINDS: dict[str, Kind] = {row.key: row for row in _ROWS}
"""All kinds by key, in the order in which people see them. A key never changes: it is stored."""
