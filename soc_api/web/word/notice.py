"""Words of the notices."""

WORDS: dict[str, tuple[str, str]] = {
    "notice_ledger": ("通报台账", "Notice ledger"),
    "notice_total": ("{count} 份，其中逾期 {over}", "{count} in all, {over} overdue"),
    "notice_none": ("没有通报", "No notice"),
    "notice_none_why": (
        "事件定级后会为责任单位起草通报，在这里签发。",
        "When an incident is graded a notice to the department is drafted; it is issued here.",
    ),
    "column_notice": ("单位与事项", "Unit and matter"),
    "column_step_left": ("本步剩余", "Left"),
    "notice_kind": ("网络安全事件通报", "Incident notice"),
    "notice_contact": ("联系人 {contact}", "contact {contact}"),
    "issue": ("签发", "Issue"),
    "issue_note": (
        "签发后送达 {department}，须在 {limit}内签收，从签发时起算",
        "Goes to {department}, to be signed for within {limit} of its issue",
    ),
    "issued_by": ("{actor} 于 {at} 签发", "issued by {actor} {at}"),
    "print": ("打印", "Print"),
    "loop": ("回执闭环", "Receipt loop"),
    "loop_drafted": ("起草", "Drafted"),
    "loop_issued": ("签发", "Sign-off"),
    "loop_signed": ("签收", "Receipt"),
    "loop_feedback": ("反馈", "Feedback"),
    "loop_archived": ("归档", "Archive"),
    "loop_due": ("限 {at}", "due {at}"),
    "form": ("通报内容", "Form"),
    "empty_value": ("未填", "not filled"),
    "deadlines": ("时限", "Deadlines"),
    "of_incident": ("所属事件", "Incident"),
    "conflict": ("没有签发", "Not issued"),
    "conflict_why": (
        "这份通报已被改过或已签发；下面是最新内容，请核对后再试。",
        "Somebody changed or issued this notice meanwhile; below is the newest state.",
    ),
}
