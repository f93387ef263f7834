"""One notice with everything that can happen to it, as rows that lie in no database."""

import datetime as dt
from typing import Any

from playbooks.finding.data_map import DepartmentRow, MapRow
from playbooks.finding.report.figures import RuleLine, ScanFigures
from playbooks.plan import load_plan
from situation.state.tables import (
    Attachment,
    AuditLine,
    CityWarning,
    DataFinding,
    Extension,
    Feedback,
    Incident,
    Notice,
    RectificationItem,
    Report,
)

PLAN = load_plan()
NINE = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
"""09:00 in the city on Monday, 2 March 2026."""
HOUR = dt.timedelta(hours=1)
DEPARTMENT = "示例市政务服务数据管理局"


def form(**values: str | list[str]) -> dict[str, object]:
    labels = {row.key: row for row in PLAN.notice_form("incident")}
    return {
        key: {
            "label_zh": labels[key].zh if key in labels else key,
            "label_en": labels[key].en if key in labels else key,
            "value": [{"zh": each, "en": each} for each in value]
            if isinstance(value, list)
            else {"zh": value, "en": value},
        }
        for key, value in values.items()
    }


FIELDS = form(
    number="示网应通〔2026〕第001号",
    request="在签收时限前签收，按处置要求处置",
    asset="政务服务前置机",
    address="10.20.30.40",
    type="网络攻击事件 / 后门攻击事件",
    level="Ⅱ级（重大）",
    first_seen="2026-03-02 08:51:07",
    scope=["政务服务前置机 10.20.30.40", "另涉及其他单位资产 2 个"],
    indicators=["地址 203.0.113.7", "域名 update.example.net", "端口 4444"],
    evidence=["告警 4 条，事件记录 318 条", "时间窗 2026-03-02 08:51:07 – 2026-03-02 08:58:40"],
    path=[
        "2026-03-02 08:51:07 凭据访问（T1110）：203.0.113.7 在五分钟内登录失败 312 次后成功",
        "2026-03-02 08:55:30 命令与控制（T1071）：每 60 秒向 update.example.net 外联一次",
    ],
    measures_taken="平台已保存事件记录作为证据，未采取阻断措施",
    measures_required=["断开受影响主机的对外连接，保留现场", "更换口令，核查同网段主机"],
)


def notice(*, drill_id: str | None = None, **changes: object) -> Notice:
    row = Notice(
        id="n1",
        number="示网应通〔2026〕第001号",
        drill_id=drill_id,
        kind="incident",
        incident_id="SJ-20260302-0001",
        department=DEPARTMENT,
        contact="李工 0755-00000001",
        level=2,
        hazard_level=None,
        title_zh="关于政务服务前置机疑似失陷的通报",
        title_en="Notice: the front end looks compromised",
        fields=FIELDS,
        receipt_due=NINE + HOUR,
        feedback_due=NINE + 8 * HOUR,
        status="archived",
        drafted_by="system",
        issued_at=NINE,
        issued_by="王签发",
        signed_at=NINE + HOUR / 2,
        signed_by="李联络",
        assignee="张工",
        returns=1,
        closed_at=NINE + 30 * HOUR,
        close_reason="",
    )
    for key, value in changes.items():
        setattr(row, key, value)
    return row


def feedbacks() -> list[Feedback]:
    first = Feedback(
        id="f1",
        notice_id="n1",
        round=1,
        truth="true",
        cause="运维账号口令过弱，被暴力破解",
        measures="断开外联，重置口令",
        result="外联停止",
        handled_at=NINE + 3 * HOUR,
        residual="同网段两台主机尚未核查",
        responsible="张工",
        phone="0755-00000002",
        submitted_by="李联络",
        submitted_at=NINE + 5 * HOUR,
        verdict="failed",
        method="papers",
        opinion="缺少复测截图，同网段主机未核查",
        reviewed_by="赵复核",
        reviewed_at=NINE + 6 * HOUR,
    )
    second = Feedback(
        id="f2",
        notice_id="n1",
        round=2,
        truth="true",
        cause="运维账号口令过弱，被暴力破解",
        measures="核查同网段主机，启用双因素认证",
        result="复测未见异常",
        handled_at=NINE + 26 * HOUR,
        residual="",
        responsible="张工",
        phone="0755-00000002",
        submitted_by="李联络",
        submitted_at=NINE + 28 * HOUR,
        verdict="passed",
        method="retest",
        opinion="复测通过",
        reviewed_by="赵复核",
        reviewed_at=NINE + 29 * HOUR,
    )
    return [first, second]


def extensions() -> list[Extension]:
    return [
        Extension(
            notice_id="n1",
            until=NINE + 48 * HOUR,
            reason="同网段主机由外包单位维护，需到场核查",
            asked_by="李联络",
            asked_at=NINE + 7 * HOUR,
            state="granted",
            decided_by="王签发",
            decided_at=NINE + 7.5 * HOUR,
            remark="同意，每日报告进展",
        )
    ]


def items() -> list[RectificationItem]:
    names = ("关闭对外远程桌面", "更换全部运维口令", "核查同网段主机")
    return [
        RectificationItem(notice_id="n1", position=place, title=name, state="fixed", remark="")
        for place, name in enumerate(names, 1)
    ]


def attachments() -> list[Attachment]:
    return [
        Attachment(
            id=f"a{number}",
            notice_id="n1",
            feedback_id=feedback,
            name=name,
            media_type="image/png",
            size=48_213 + number,
            sha256=f"{number:x}" * 64,
            uploaded_by="李联络",
            uploaded_at=NINE + hours * HOUR,
        )
        for number, (feedback, name, hours) in enumerate(
            [("f1", "外联停止截图.png", 5), ("f2", "复测截图.png", 28), ("f2", "核查记录.pdf", 28)],
            1,
        )
    ]


def course() -> list[AuditLine]:
    acts: list[tuple[float, str, str, dict[str, object]]] = [
        (-0.2, "system", "notice.draft", {}),
        (0, "王签发", "notice.issue", {}),
        (0.5, "李联络", "notice.sign", {"assignee": "张工"}),
        (5, "李联络", "notice.answer", {}),
        (6, "赵复核", "notice.return", {"reason": "缺少复测截图，同网段主机未核查"}),
        (7, "李联络", "notice.ask_extension", {"reason": "需到场核查"}),
        (28, "李联络", "notice.answer", {}),
        (29, "赵复核", "notice.pass", {}),
        (30, "赵复核", "notice.archive", {}),
    ]
    return [
        AuditLine(
            number=1041 + 7 * place,
            at=NINE + hours * HOUR,
            actor=actor,
            action=action,
            object_kind="notice",
            object_id="n1",
            detail=detail,
            digest=f"{place:x}b" * 32,
        )
        for place, (hours, actor, action, detail) in enumerate(acts)
    ]


def incident() -> Incident:
    return Incident(
        id="SJ-20260302-0001",
        title_zh="政务服务前置机疑似失陷",
        title_en="the front end looks compromised",
        category="network_attack/backdoor",
        level=2,
        asset="政务服务前置机",
        department=DEPARTMENT,
    )


def report(*, kind: str = "first", drill_id: str | None = None, **changes: object) -> Report:
    row = Report(
        id="r1",
        incident_id="SJ-20260302-0001",
        drill_id=drill_id,
        kind=kind,
        number=1,
        addressee="省委网信办",
        channel="phone",
        items={
            row.key: f"{row.zh}：如实填写"
            for row in PLAN.report_form(kind)
            if row.key not in ("cause", "trend") and row.only is None
        },
        missing=["cause", "trend"] if kind == "first" else [],
        state="sent",
        written_by="陈值班",
        sent_by="王签发",
        sent_at=NINE + 2 * HOUR,
        received_at=None,
        receipt_note="",
        updated_at=NINE + 2 * HOUR,
    )
    for key, value in changes.items():
        setattr(row, key, value)
    return row


def warning(*, drill_id: str | None = None, lifted: bool = False) -> CityWarning:
    return CityWarning(
        id="w1",
        number="示网预〔2026〕第001号",
        drill_id=drill_id,
        colour="yellow",
        category="网络攻击事件",
        title_zh="关于防范勒索软件攻击的预警",
        title_en="Warning of ransomware",
        issuer_level="city",
        issuer="中共示例市委网络安全和信息化委员会办公室",
        fields={
            "starts_at": "2026-03-02 09:00",
            "scope": "全市政务网",
            "matters": "多地出现利用远程桌面的勒索软件攻击",
            "measures": "关闭不必要的远程桌面\n核查备份可用",
            "time_limit": "2026-03-04 18:00 前",
        },
        state="lifted" if lifted else "issued",
        drafted_by="陈值班",
        issued_by="王签发",
        issued_at=NINE,
        lifted_by="王签发" if lifted else None,
        lifted_at=NINE + 72 * HOUR if lifted else None,
        lift_reason="攻击活动已停止" if lifted else "",
    )


def scan_figures(**changes: object) -> ScanFigures:
    """Figures of a month in which two departments were scanned."""
    given: dict[str, Any] = {
        "department": "",
        "since": NINE - 672 * HOUR,
        "until": NINE,
        "made_at": NINE,
        "runs": 28,
        "seen": 412_305,
        "octets": 3 << 30,
        "departments": (
            DepartmentRow(
                name="示例市人社局",
                by_grade={5: 1, 4: 120, 2: 900},
                new_by_grade={4: 2},
                persons=48_200,
                open_findings=12,
                overdue_findings=3,
            ),
            DepartmentRow(name="示例市交通局", by_grade={2: 310}, persons=1_200, open_findings=1),
        ),
        "classes": (
            MapRow(name="identity", by_grade={4: 118}),
            MapRow(name="health", by_grade={4: 7}),
        ),
        "places": (MapRow(name="人社共享", zone="public_share", by_grade={5: 1, 4: 40}),),
        "rules": (
            RuleLine(rule="V05", opened=9, closed=4, open=11, overdue=3),
            RuleLine(rule="V11", opened=2, closed=0, open=2, overdue=0),
        ),
        "worst": (data_finding(),),
        "more": 12,
        "marks": 2,
    }
    return ScanFigures(**(given | changes))


def data_finding(**changes: object) -> DataFinding:
    """A finding of a public share."""
    row = DataFinding(
        id="d1",
        target="人社共享",
        department="示例市人社局",
        path="pub/2026/名单.xlsx",
        rule="V05",
        severity=2,
        grade=4,
        kinds=["resident_id", "name"],
        persons=1_180,
        state="returned",
        owner="信息科",
        first_seen_at=NINE - 48 * HOUR,
        last_seen_at=NINE,
        due_at=NINE + 168 * HOUR,
        times_returned=1,
    )
    for key, value in changes.items():
        setattr(row, key, value)
    return row
