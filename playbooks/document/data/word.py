"""Words of codes that are no part of the plan, in Chinese and in English."""

STATUS = {
    "draft": ("草稿", "draft"),
    "triage": ("待研判", "to be judged"),
    "graded": ("已研判", "judged"),
    "sign_off": ("待签发", "waiting for sign-off"),
    "issued": ("已下发", "issued"),
    "signed": ("已签收", "signed for"),
    "handling": ("处置中", "being handled"),
    "answered": ("已反馈", "answered"),
    "rechecking": ("复核中", "being rechecked"),
    "passed": ("复核通过", "passed"),
    "archived": ("已归档", "archived"),
    "dismissed": ("不予下发", "dismissed"),
    "reassigned": ("已转派", "reassigned"),
    "revoked": ("已撤销", "revoked"),
}
EXTENSION = {
    "asked": ("待批准", "waiting"),
    "granted": ("同意", "granted"),
    "refused": ("不同意", "refused"),
    "lapsed": ("未答复，已失效", "lapsed"),
}
ITEM = {
    "todo": ("待整改", "to do"),
    "doing": ("整改中", "in progress"),
    "submitted": ("已提交", "submitted"),
    "retesting": ("复测中", "being retested"),
    "fixed": ("已整改", "fixed"),
    "not_fixed": ("未整改", "not fixed"),
}
FINDING = {
    "open": ("待处理", "open"),
    "notified": ("已通知整改", "department told"),
    "answered": ("单位已反馈，待复扫", "answered, waits for a re-scan"),
    "returned": ("复扫退回", "given back"),
    "confirmed": ("已核实", "confirmed"),
    "closed": ("已销号", "closed"),
    "false_alarm": ("误报", "false alarm"),
    "accepted": ("已接受", "accepted"),
    "declassified": ("已解密", "declassified"),
}
ZONE = {
    "internal": ("内部", "internal"),
    "internet": ("互联网", "Internet"),
    "public_share": ("公共共享", "public share"),
    "partner": ("合作单位", "partner"),
    "personal": ("个人", "personal"),
}
ACT = {
    "notice.draft": ("起草", "drafted"),
    "notice.update": ("更新草稿", "draft updated"),
    "notice.edit": ("修改草稿", "draft edited"),
    "notice.submit": ("提交研判", "submitted to be judged"),
    "notice.judge": ("研判定级", "judged"),
    "notice.propose": ("送签", "put up for sign-off"),
    "notice.send_back": ("退回修改", "sent back to be rewritten"),
    "notice.issue": ("签发", "issued"),
    "notice.sign": ("签收", "signed for"),
    "notice.start": ("开始处置", "handling begun"),
    "notice.answer": ("反馈", "answered"),
    "notice.recheck": ("开始复核", "recheck begun"),
    "notice.pass": ("复核通过", "passed"),
    "notice.return": ("退回补充", "answer returned"),
    "notice.give_back": ("复扫后退回整改", "given back after a re-scan"),
    "notice.archive": ("归档", "archived"),
    "notice.dismiss": ("不予下发", "dismissed"),
    "notice.reassign": ("转派", "reassigned"),
    "notice.revoke": ("撤销通报", "revoked"),
    "notice.escalate": ("升级为事件", "escalated to an incident"),
    "notice.supervise": ("督办", "put under supervision"),
    "notice.remind": ("催办", "reminded"),
    "notice.step": ("逾期提醒", "step of the chain taken"),
    "notice.overdue": ("逾期", "overdue"),
    "notice.attach": ("上传附件", "file attached"),
    "notice.detach": ("撤回附件", "file taken back"),
    "notice.item": ("整改事项", "item changed"),
    "notice.ask_extension": ("申请延期", "extension asked for"),
    "notice.grant_extension": ("同意延期", "extension granted"),
    "notice.refuse_extension": ("不同意延期", "extension refused"),
    "delivery.deliver": ("送达", "delivered"),
    "delivery.dead": ("未能送达", "could not be delivered"),
    "delivery.redrive": ("重新发送", "sent again"),
}
"""Audited acts by their code."""
INNER_ACTS = frozenset(
    f"notice.{act}"
    for act in (
        "draft",
        "update",
        "edit",
        "submit",
        "judge",
        "propose",
        "send_back",
        "dismiss",
        "escalate",
        "step",
    )
) | {"delivery.deliver", "delivery.dead", "delivery.redrive"}
"""Acts of the city's own people among themselves, which no department is shown."""
TOLD = {
    "recipient": ("", ""),
    "channel": ("渠道：", "channel "),
    "reason": ("", ""),
    "remark": ("", ""),
    "opinion": ("", ""),
    "assignee": ("承办人：", "handled by "),
    "department": ("单位：", "department "),
    "child": ("新通报：", "new notice "),
    "parent": ("原通报：", "of notice "),
    "incident": ("事件：", "incident "),
    "item": ("事项：", "item "),
    "file": ("文件：", "file "),
    "sha256": ("SHA-256：", "SHA-256 "),
    "until": ("延至：", "until "),
    "due": ("新时限：", "new deadline "),
}
"""What of an audit line's detail is told, in this order, and the words before it."""
TIMES = ("until", "due")
"""Details that are times."""
ACTOR = {"system": ("平台", "the platform")}
"""Who acts where no person does."""
CHANNEL = {
    "hotline": ("12387热线", "hotline 12387"),
    "web": ("网站", "web"),
    "mail": ("电子邮件", "mail"),
    "fax": ("传真", "fax"),
    "phone": ("电话", "phone"),
    "portal": ("平台", "portal"),
    "paper": ("纸质", "paper"),
}
