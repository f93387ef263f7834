"""The rules that a resource may break, V01 to V12: what each says, by which law, and who judges.

A rule is a pure predicate over the resource's verdict, its exposure, what its department declared
of it, the verdict before this one and its neighbours. Severity runs from 0 (P0) to 4 (P4).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from detect.classified.breach.case import Case, Neighbour
from detect.classified.breach.duty import (
    UNREADABLE,
    credentials,
    mislabelled,
    unapproved,
    unreadable,
)
from detect.classified.breach.marking import house_mark, secret_mark, wrong_mark
from detect.classified.breach.personal import (
    grown,
    joinable,
    not_at_home,
    published,
    weakly_protected,
)
from situation.content.declared import Declared
from situation.content.resource import Exposure
from situation.content.verdict import Verdict, Violation

__all__ = ["EVENTS", "REASONS", "RULES", "Neighbour", "Rule", "violations"]


class Rule(NamedTuple):
    """A rule in Chinese and English, the law that it comes from, and its predicate."""

    key: str
    zh: str
    en: str
    source_zh: str
    source_en: str
    judge: Callable[[Case], Violation | None]


_ROWS: Final = (
    Rule(
        "V01",
        "非涉密网络存有国家秘密标志",
        "mark of a state secret on a network that is none for secrets",
        "保守国家秘密法（2024）第三十一条",
        "Law on Guarding State Secrets (2024), article 31",
        secret_mark,
    ),
    Rule(
        "V02",
        "工作秘密或内部资料可从外部访问",
        "work secret or internal paper within reach of others",
        "保守国家秘密法（2024）第六十四条；实施条例（2024）第七十三条",
        "Law on Guarding State Secrets (2024), article 64; its regulation, article 73",
        house_mark,
    ),
    Rule(
        "V03",
        "密级标志误用或期限无效",
        "mark misused, or with a term that its level may not have",
        "保守国家秘密法（2024）第二十条、第二十二条",
        "Law on Guarding State Secrets (2024), articles 20 and 22",
        wrong_mark,
    ),
    Rule(
        "V04",
        "公开数据含未脱敏个人信息",
        "personal data published without a mask",
        "个人信息保护法第二十五条、第五十一条；深圳经济特区数据条例第七十二条",
        "Personal Information Protection Law, articles 25 and 51; "
        "Shenzhen Data Regulation, article 72",
        published,
    ),
    Rule(
        "V05",
        "防护低于数据级别要求",
        "protection weaker than the grade asks for",
        "数据安全法第二十七条；深圳经济特区数据条例第八十三条",
        "Data Security Law, article 27; Shenzhen Data Regulation, article 83",
        weakly_protected,
    ),
    Rule(
        "V06",
        "级别标签缺失、偏低或被改动",
        "grade label missing, too low, or tampered with",
        "数据安全法第二十一条；网络数据安全管理条例第二十九条；GB/T 43697-2024",
        "Data Security Law, article 21; Network Data Regulation, article 29; GB/T 43697-2024",
        mislabelled,
    ),
    Rule(
        "V07",
        "文件中存有口令或密钥",
        "credentials or keys in a file",
        "网络安全法第二十一条；GB/T 22239-2019 8.1.4.1",
        "Cybersecurity Law, article 21; GB/T 22239-2019, 8.1.4.1",
        credentials,
    ),
    Rule(
        "V08",
        "个人信息规模越过门槛",
        "people concerned pass a step of the law",
        "网络数据安全管理条例第二十八条；数据出境安全评估办法第四条",
        "Network Data Regulation, article 28; Measures for Security Assessment of Outbound Data, "
        "article 4",
        grown,
    ),
    Rule(
        "V09",
        "未成年人或医疗数据脱离所属系统",
        "data of children or patients outside of their system",
        "个人信息保护法第二十八条、第三十一条；未成年人保护法第七十二条",
        "Personal Information Protection Law, articles 28 and 31; "
        "Law on the Protection of Minors, article 72",
        not_at_home,
    ),
    Rule(
        "V10",
        "脱敏副本与原始数据同处一地",
        "masked copy beside the raw data",
        "深圳经济特区数据条例第七十六条；个人信息保护法第五十一条",
        "Shenzhen Data Regulation, article 76; Personal Information Protection Law, article 51",
        joinable,
    ),
    Rule(
        "V11",
        "无法读取，内容不明",
        "cannot be read, nobody knows what it holds",
        "保守国家秘密法（2024）第三十一条（自监管）；GB/T 43697-2024 7",
        "Law on Guarding State Secrets (2024), article 31; GB/T 43697-2024, clause 7",
        unreadable,
    ),
    Rule(
        "V12",
        "数据导出未经批准",
        "export without approval",
        "深圳经济特区数据条例第四十六条、第四十八条",
        "Shenzhen Data Regulation, articles 46 and 48",
        unapproved,
    ),
)

RULES: Final[dict[str, Rule]] = {rule.key: rule for rule in _ROWS}
"""All rules by key."""

EVENTS: Final = frozenset({"V08"})
"""Rules about what happened once: that a later scan does not find it again settles nothing."""

_UNREADABLE_NAMES: Final[dict[str, tuple[str, str]]] = {
    "encrypted": ("加密", "encrypted"),
    "unknown_type": ("类型未知", "of unknown type"),
    "truncated": ("内容不完整", "cut short"),
    "broken": ("已损坏", "broken"),
    "too_large": ("过大", "too large"),
    "too_deep": ("嵌套过深", "nested too deep"),
    "too_many": ("成员过多", "too many members"),
    "ratio": ("压缩比异常", "unpacks to too many times its size"),
    "time": ("读取超时", "took too long"),
    "memory": ("内存超限", "took too much memory"),
    "crash": ("读取时崩溃", "crashed its reader"),
    "no_reader": ("暂无读取器", "no reader for it"),
    "garbled": ("文字乱码", "text is garbled"),
    "denied": ("无权读取", "access denied"),
    "vanished": ("读取时消失", "vanished while it was read"),
    "path": ("成员路径越界", "a member's path leads out of it"),
    "changing": ("读取时不断变化", "kept changing"),
}

REASONS: Final[dict[str, tuple[str, str]]] = {
    "mark_secret": ("国家秘密标志", "mark of a state secret"),
    "mark_exam_ahead": ("尚未启用的试卷", "exam paper before its day"),
    "mark_lifted": ("标志旁有解密或变更字样", "mark that was lifted or changed"),
    "mark_suspected": ("疑似标志，缺★或★被替换", "may be a mark, its star lost or replaced"),
    "mark_word": ("密级栏内有密级，无★", "level without a star in the head"),
    "mark_exam": ("试卷", "exam paper"),
    "mark_ledger": ("文件登记表中的密级", "levels in a ledger of documents"),
    "mark_discussed": ("文中谈及标志", "text that talks about marks"),
    "mark_misuse": ("★用于非国家秘密", "star on what is no state secret"),
    "mark_over_limit": ("保密期限超过上限", "term longer than its level may have"),
    "work_mark": ("内部管理用语或工作秘密标志", "wording of a work secret"),
    "zone_internal": ("位于内部区域", "in the internal zone"),
    "zone_internet": ("位于互联网区域", "in the internet zone"),
    "zone_public_share": ("位于公共共享", "on a public share"),
    "zone_partner": ("位于合作方区域", "in a partner's zone"),
    "zone_personal": ("位于个人空间或网盘", "in a personal space"),
    "anonymous": ("无需登录即可访问", "handed out without a login"),
    "world_readable": ("所有用户可读", "readable by all users"),
    "world_writable": ("所有用户可写", "writable by all users"),
    "cleartext": ("明文传输", "sent in the clear"),
    "open_export": ("用于公开的导出", "export made to be published"),
    "grade": ("数据级别", "grade of the data"),
    "persons": ("涉及人数", "people concerned"),
    "persons_before": ("上次扫描时的人数", "people at the scan before"),
    "grave_case": ("达到情节严重的人数", "as many as make a grave case"),
    "gravest_case": ("达到情节特别严重的人数", "ten times what makes a grave case"),
    "step": ("越过的门槛", "step that was passed"),
    "outside_minor": (
        "不满十四周岁未成年人信息不在所属系统",
        "children's data outside their system",
    ),
    "outside_medical": ("医疗健康信息不在所属系统", "medical data outside their system"),
    "beside": ("同一位置另有对应副本", "its counterpart lies in the same place"),
    "within": ("同一文件内既有脱敏值又有原始值", "masked and raw values in one file"),
    "label_broken": ("级别标签校验不符", "label does not match its digest"),
    "label_missing": ("未登记级别", "no grade declared"),
    "label_low": ("登记的级别", "grade that was declared"),
    "credentials": ("口令与密钥数量", "credentials found"),
    "exposed": ("他人可读", "others can read it"),
    "opening_none": ("属于不予开放数据", "data that must not be opened"),
    "approval_missing": ("没有审批记录", "no record of an approval"),
    **{f"unreadable_{reason}": _UNREADABLE_NAMES[reason] for reason in UNREADABLE},
}
"""Codes of a violation's reasons in Chinese and English."""


def violations(
    verdict: Verdict,
    *,
    exposure: Exposure,
    declared: Declared | None = None,
    previous: Verdict | None = None,
    neighbours: Sequence[Neighbour] = (),
    today: dt.date | None = None,
) -> tuple[Violation, ...]:
    """Return what a resource breaks, in the order of the rules.

    Without `today` no exam paper is taken for one that lies ahead.
    """
    case = Case(
        verdict=verdict,
        exposure=exposure,
        declared=declared,
        previous=previous,
        neighbours=neighbours,
        today=today,
    )
    judged = (rule.judge(case) for rule in _ROWS)
    return tuple(violation for violation in judged if violation is not None)
