"""Names of the codes that stand in the tables: detectors, techniques, clocks, actions, facts.

A code without a name is shown as it is, so a new detector needs no change here to be seen.
"""

from collections.abc import Mapping

from playbooks.outbox.claim import NO_CHANNEL, NO_DRILL
from playbooks.plan.document import Plan
from situation.state.tables import AuditLine
from soc_api.web.text import Text

UNKNOWN = "unknown"
"""What the asset table says where it does not know."""
CITY_PLAN = "city_plan"
"""The city's own plan among the instruments."""

_NO_FACTS = ("rest", "exercise")


def named(names: Mapping[str, Text], code: str) -> Text:
    """Return the name of `code`, or the code itself."""
    return names.get(code, Text(code, code))


DETECTORS: dict[str, Text] = {
    "port_scan": Text("端口扫描", "Port scan"),
    "sweep": Text("主机扫掠", "Host sweep"),
    "guessing": Text("口令猜解", "Password guessing"),
    "dns_tunnel": Text("DNS 隧道", "DNS tunnel"),
    "beacon": Text("信标", "Beacon"),
    "upload": Text("外传量", "Upload volume"),
    "anomaly": Text("流量模型", "Traffic model"),
    "log_guessing": Text("口令猜解（日志）", "Password guessing (logs)"),
    "spraying": Text("口令喷洒", "Password spraying"),
    "account_guessing": Text("多源猜解", "Guessing from many sources"),
    "web_attack": Text("网页攻击", "Web attack"),
    "forced_browsing": Text("路径枚举", "Forced browsing"),
    "server_errors": Text("网站出错", "Server errors"),
    "log_silence": Text("日志中断", "Log silence"),
    "secret_mark": Text("密级标志", "Secrecy mark"),
    "data_exposure": Text("敏感数据暴露", "Data exposure"),
    "credential_exposure": Text("凭据暴露", "Credential exposure"),
}

TECHNIQUES: dict[str, Text] = {
    "T1046": Text("网络服务发现", "Network Service Discovery"),
    "T1048": Text("经替代协议外传", "Exfiltration Over Alternative Protocol"),
    "T1041": Text("经控制信道外传", "Exfiltration Over C2 Channel"),
    "T1071": Text("应用层协议", "Application Layer Protocol"),
    "T1071.001": Text("Web 协议", "Web Protocols"),
    "T1071.004": Text("DNS", "DNS"),
    "T1078": Text("合法账号", "Valid Accounts"),
    "T1110": Text("暴力破解", "Brute Force"),
    "T1110.001": Text("口令猜解", "Password Guessing"),
    "T1110.003": Text("口令喷洒", "Password Spraying"),
    "T1190": Text("利用面向公众的应用", "Exploit Public-Facing Application"),
    "T1018": Text("远程系统发现", "Remote System Discovery"),
    "T1021": Text("远程服务", "Remote Services"),
    "T1498": Text("网络拒绝服务", "Network Denial of Service"),
    "T1499": Text("终端拒绝服务", "Endpoint Denial of Service"),
    "T1505.003": Text("网页后门", "Web Shell"),
    "T1562": Text("削弱防御", "Impair Defenses"),
    "T1567": Text("经 Web 服务外传", "Exfiltration Over Web Service"),
    "T1571": Text("非标准端口", "Non-Standard Port"),
    "T1572": Text("协议隧道", "Protocol Tunneling"),
    "T1573": Text("加密信道", "Encrypted Channel"),
    "T1595": Text("主动扫描", "Active Scanning"),
    "T1595.001": Text("扫描 IP 段", "Scanning IP Blocks"),
    "T1595.002": Text("漏洞扫描", "Vulnerability Scanning"),
    "T1595.003": Text("字典扫描", "Wordlist Scanning"),
}
"""MITRE ATT&CK Enterprise techniques by id."""

CLOCKS: dict[str, Text] = {
    "T-CII-1": Text("首次报告", "First report"),
    "T-CII-2": Text("上报", "Onward report"),
    "T-GOV-1": Text("首次报告", "First report"),
    "T-GOV-2": Text("上报", "Onward report"),
    "T-OTH-1": Text("首次报告", "First report"),
    "T-OTH-2": Text("上报", "Onward report"),
    "T-SUP": Text("告知运营者", "Tell the operator"),
    "T-PIPL": Text("告知个人与主管部门", "Tell persons and authority"),
    "T-HOLE": Text("漏洞报告", "Report the hole"),
    "T-MIIT": Text("行业报告", "Sector report"),
    "T-CITY": Text("市内报告", "City report"),
    "T-FIN": Text("总结报告", "Closing report"),
    "T-INV": Text("调查评估", "Investigation"),
}
"""Clocks of the plan by their id."""

REPORTS: dict[str, Text] = {
    "first": Text("首次报告", "first report"),
    "follow_up": Text("续报", "follow-up report"),
    "closing": Text("总结报告", "closing report"),
    "pi_authority": Text("个人信息事件报告", "notice to the PI authority"),
    "pi_persons": Text("告知个人", "notice to persons"),
}
"""Kinds of reports by their code."""

ACTIONS: dict[str, Text] = {
    "alert.create": Text("生成告警", "Alert raised"),
    "alert.update": Text("更新告警", "Alert updated"),
    "alert.fold": Text("并入事件", "Folded into the incident"),
    "alert.slice": Text("留存报文", "Packets kept"),
    "alert.packets": Text("读取留存报文", "Kept packets read"),
    "alert.dissect": Text("用 tshark 打开留存报文", "Kept packets opened with tshark"),
    "alert.surface": Text("压制结束后重新出现", "Open again, the suppression ended"),
    "suppression.begin": Text("开始压制", "Suppression begun"),
    "suppression.end": Text("结束压制", "Suppression ended"),
    "message.post": Text("预案发送消息", "Message sent by a playbook"),
    "incident.open": Text("建立事件", "Incident opened"),
    "incident.grow": Text("并入告警", "Alerts folded in"),
    "incident.grade": Text("定级", "Graded"),
    "incident.regrade": Text("改级", "Regraded"),
    "incident.close": Text("关闭事件", "Incident closed"),
    "incident.submit": Text("提交定级", "Submitted for grading"),
    "incident.facts": Text("补充事实", "Facts completed"),
    "incident.downgrade_ask": Text("申请降级", "Downgrade asked for"),
    "incident.downgrade": Text("同意降级", "Downgrade approved"),
    "incident.downgrade_refuse": Text("不同意降级", "Downgrade refused"),
    "incident.respond": Text("启动响应", "Response started"),
    "incident.contain": Text("事态已控制", "Contained"),
    "incident.recover": Text("开始恢复", "Recovery started"),
    "incident.assess": Text("应急结束", "Response ended"),
    "incident.archive": Text("事件归档", "Incident archived"),
    "incident.withdraw": Text("撤销事件", "Incident withdrawn"),
    "clock.start": Text("启动时钟", "Clock started"),
    "clock.wait": Text("时钟待启动", "Clock waits"),
    "clock.pause": Text("暂停时钟", "Clock paused"),
    "clock.resume": Text("恢复时钟", "Clock resumed"),
    "clock.meet": Text("完成时钟", "Clock met"),
    "clock.miss": Text("超过时限", "Clock missed"),
    "clock.withdraw": Text("撤销时钟", "Clock withdrawn"),
    "job.pause": Text("暂停定时任务", "Job paused"),
    "job.resume": Text("恢复定时任务", "Job resumed"),
    "job.run": Text("手动运行定时任务", "Job asked for by hand"),
    "job.done": Text("定时任务已完成", "Job done"),
    "job.fail": Text("定时任务未能完成", "Job failed"),
    "job.leave_out": Text("略过过多的定时任务", "Slots of a job left out"),
    "task.open": Text("新增任务", "Task opened"),
    "task.reopen": Text("重新交办任务", "Task opened again"),
    "task.finish": Text("完成任务", "Task done"),
    "task.drop": Text("取消任务", "Task dropped"),
    "scan.ask": Text("提出扫描", "Scan asked for"),
    "scan.stop": Text("下令停止扫描", "Scan to be stopped"),
    "scan.stopped": Text("扫描已停止", "Scan stopped"),
    "scan.done": Text("扫描完成", "Scan done"),
    "scan.fail": Text("扫描失败", "Scan failed"),
    "finding.open": Text("扫描发现问题", "Found by a scan"),
    "finding.grow": Text("问题加重", "Found to be graver"),
    "finding.close": Text("复扫销号", "Closed by a re-scan"),
    "finding.return": Text("复扫退回", "Given back after a re-scan"),
    "finding.reopen": Text("重新打开发现", "Opened again"),
    "finding.send": Text("纳入整改通知", "Put into a rectification order"),
    "finding.notify": Text("已通知单位整改", "Department told"),
    "finding.answer": Text("单位反馈已整改", "Department says it is done"),
    "finding.extend": Text("延长整改期限", "Given more time"),
    "finding.release": Text("整改通知未执行", "Order ended without it"),
    "finding.false_alarm": Text("认定为误报", "Judged to be none"),
    "finding.accept": Text("接受风险", "Risk accepted"),
    "finding.confirm": Text("密级标志属实", "Mark of secrecy is true"),
    "finding.declassify": Text("认定已解密", "Judged to be declassified"),
    "finding.change_owner": Text("变更责任人", "Owner changed"),
    "finding.confirm_grade": Text("确认数据级别", "Grade confirmed"),
    "catalogue.declare": Text("登记数据目录", "Entered into the catalogue"),
    "catalogue.withdraw": Text("撤销数据目录登记", "Withdrawn from the catalogue"),
    "catalogue.import": Text("导入数据目录", "Catalogue imported"),
    "warning.draft": Text("起草预警", "Warning drafted"),
    "warning.propose": Text("报请上级发布预警", "Warning proposed to the superior"),
    "warning.issue": Text("发布预警", "Warning issued"),
    "warning.adopt": Text("录入上级发布的预警", "Superior's warning entered"),
    "warning.lift": Text("解除预警", "Warning lifted"),
    "warning.drop": Text("作废预警", "Warning dropped"),
    "playbook.draft": Text("起草剧本", "Playbook drafted"),
    "playbook.submit": Text("剧本送审", "Playbook put up for review"),
    "playbook.publish": Text("发布剧本", "Playbook published"),
    "playbook.refuse": Text("不予发布剧本", "Playbook not published"),
    "playbook.retire": Text("停用剧本", "Playbook put out of use"),
    "playbook.install": Text("装入随附剧本", "Playbook that comes along installed"),
    "playbook.unstarted": Text("剧本未能自动启动", "Playbook could not start"),
    "run.start": Text("启动剧本", "Playbook started"),
    "run.end": Text("剧本运行结束", "Run ended"),
    "run.compensate": Text("开始撤回已做的动作", "Taking back what was done"),
    "run.undo": Text("下令撤回动作", "Actions to be taken back"),
    "run.resume": Text("从失败步骤继续", "Goes on from the failed step"),
    "run.step.ask": Text("步骤待审批", "Step waits for approval"),
    "run.step.agree": Text("步骤审批已有结果", "Step's approval was decided"),
    "run.step.begin": Text("开始执行步骤", "Step begun"),
    "run.step.again": Text("步骤稍后重试", "Step to be tried again"),
    "run.step.waits": Text("步骤等待", "Step waits"),
    "run.step.release": Text("步骤不再等待", "Step waits no more"),
    "run.step.unsure": Text("步骤结果不明", "Step in doubt"),
    "run.step.done": Text("步骤完成", "Step done"),
    "run.step.failed": Text("步骤失败", "Step failed"),
    "run.step.skipped": Text("跳过步骤", "Step skipped"),
    "run.step.cancelled": Text("取消步骤", "Step cancelled"),
    "run.step.repeat": Text("重新执行步骤", "Step to be done again"),
    "run.step.revive": Text("恢复步骤", "Step open again"),
    "run.undo.open": Text("安排撤回", "Undo laid down"),
    "run.undo.begin": Text("开始撤回", "Undo begun"),
    "run.undo.again": Text("撤回稍后重试", "Undo to be tried again"),
    "run.undo.waits": Text("撤回等待", "Undo waits"),
    "run.undo.release": Text("撤回不再等待", "Undo waits no more"),
    "run.undo.unsure": Text("撤回结果不明", "Undo in doubt"),
    "run.undo.done": Text("已撤回", "Taken back"),
    "run.undo.failed": Text("撤回失败", "Undo failed"),
    "run.undo.repeat": Text("重新撤回", "Undo to be done again"),
    "approval.ask": Text("报请审批行动", "Approval of an action asked for"),
    "approval.approve": Text("同意执行行动", "Action approved"),
    "approval.refuse": Text("不同意执行行动", "Action refused"),
    "approval.expire": Text("审批逾期", "Nobody decided about the action in time"),
    "approval.escalate": Text("逾期另行报批", "Others asked to approve the action"),
    "approval.void": Text("审批作废", "Approval of an action void"),
    "measure.want": Text("下令拦截", "Block wanted"),
    "measure.in_force": Text("拦截生效", "Block in force"),
    "measure.lift": Text("下令解除拦截", "Block to be lifted"),
    "measure.lifted": Text("拦截已解除", "Block lifted"),
    "report.draft": Text("起草报告", "Report drafted"),
    "report.edit": Text("修改报告", "Report edited"),
    "report.send": Text("报送报告", "Report sent"),
    "report.receive": Text("对方收到报告", "Report received"),
    "notice.update": Text("更新通报草稿", "Draft updated"),
    "notice.draft": Text("起草通报", "Notice drafted"),
    "notice.edit": Text("修改通报草稿", "Draft edited"),
    "notice.issue": Text("签发通报", "Notice issued"),
    "notice.submit": Text("提交研判", "Submitted to be judged"),
    "notice.judge": Text("研判定级", "Judged"),
    "notice.propose": Text("送签", "Put up for sign-off"),
    "notice.send_back": Text("退回修改", "Sent back to be rewritten"),
    "notice.dismiss": Text("不予下发", "Dismissed"),
    "notice.sign": Text("签收", "Signed for"),
    "notice.start": Text("开始处置", "Handling begun"),
    "notice.answer": Text("反馈", "Answered"),
    "notice.recheck": Text("开始复核", "Recheck begun"),
    "notice.pass": Text("复核通过", "Passed"),
    "notice.give_back": Text("复扫后退回整改", "Given back after a re-scan"),
    "notice.return": Text("退回补充", "Answer returned"),
    "notice.archive": Text("归档", "Archived"),
    "notice.reassign": Text("转派", "Reassigned"),
    "notice.revoke": Text("撤销通报", "Notice revoked"),
    "notice.escalate": Text("升级为事件", "Escalated to an incident"),
    "notice.supervise": Text("督办", "Put under supervision"),
    "notice.remind": Text("催办", "Reminded by hand"),
    "notice.overdue": Text("逾期", "Overdue"),
    "notice.step": Text("升级提醒", "Step of the chain taken"),
    "notice.attach": Text("上传附件", "File attached"),
    "notice.detach": Text("移除附件", "File taken away"),
    "notice.item": Text("更新整改项", "Item changed"),
    "notice.ask_extension": Text("申请延期", "More time asked for"),
    "notice.grant_extension": Text("同意延期", "More time granted"),
    "notice.refuse_extension": Text("不同意延期", "More time refused"),
    "delivery.deliver": Text("送达", "Delivered"),
    "delivery.dead": Text("未能送达", "Could not be delivered"),
    "delivery.redrive": Text("重新发送", "Sent again"),
    "contact.retire": Text("停用失效地址", "Address that is gone taken away"),
    "directory.import": Text("导入通讯录", "Directory imported"),
    "directory.assets": Text("由资产表补充单位", "Departments taken from the assets"),
    "account.create": Text("新建账号", "Account added"),
    "account.end": Text("停用账号", "Account ended"),
    "account.role": Text("变更角色", "Role changed"),
    "account.password": Text("更换口令", "Password changed"),
    "login.grant": Text("登录", "Logged in"),
    "login.refuse": Text("登录失败", "Login refused"),
    "login.end": Text("退出登录", "Logged out"),
    "audit.anchor": Text("更换审计锚点", "Anchor of the audit renewed"),
}
"""Audited actions by their code."""


GRADE_REASONS: dict[str, Text] = {
    "first_grade": Text("首次定级", "First grade"),
    "alerts_joined": Text("并入新告警", "New alerts joined"),
    "level_rose": Text("级别已上升，申请作废", "Lapsed: the level has risen"),
    "incident_ended": Text("事件已结束，申请作废", "Lapsed: the incident has ended"),
}
"""Why the platform itself changed a level or let a request lapse; people write their own words."""

ACTORS: dict[str, Text] = {
    "system": Text("系统", "system"),
    "detect": Text("检测", "detection"),
    "replay": Text("回放", "replay"),
    "drill": Text("演练", "drill"),
    "cli": Text("命令行", "command line"),
}
"""Who acts where nobody is logged in."""


OCCASIONS: dict[str, Text] = {
    "issue": Text("下发", "issue"),
    "reassign": Text("转派", "reassigned"),
    "revoke": Text("撤销", "revoked"),
    "remind": Text("催办", "reminder"),
    "answer": Text("已反馈", "answered"),
    "pass": Text("复核通过", "passed"),
    "return": Text("退回", "returned"),
    "sign_off": Text("待签发", "to sign off"),
    "approve": Text("待审批", "to approve"),
    "approve_half": Text("审批时限过半", "half the time to approve"),
    "approve_again": Text("逾期另行报批", "asked again"),
    "receipt_half": Text("签收时限过半", "half the receipt time"),
    "receipt_call": Text("仍未签收", "still not signed for"),
    "receipt_overdue": Text("逾期未签收", "receipt overdue"),
    "receipt_head": Text("逾期未签收，告知负责人", "receipt overdue, head told"),
    "receipt_supervise": Text("逾期未签收，决定督办", "receipt overdue, decide"),
    "feedback_half": Text("反馈时限过半", "half the answer time"),
    "feedback_fifth": Text("反馈时限余五分之一", "a fifth of the answer time left"),
    "feedback_tenth": Text("反馈时限余十分之一", "a tenth of the answer time left"),
    "feedback_overdue": Text("逾期未反馈", "answer overdue"),
    "feedback_head": Text("逾期未反馈，告知负责人", "answer overdue, head told"),
}
"""Why a message was sent, by its occasion without the round."""


def occasion_name(occasion: str) -> Text:
    """Return why a message was sent; an occasion ends with its round where it can repeat."""
    stem, _, number = occasion.rpartition("_")
    return named(OCCASIONS, stem if number.isdigit() else occasion)


SKIPS: dict[str, Text] = {
    NO_CHANNEL: Text("没有设这个渠道", "there is no such channel"),
    NO_DRILL: Text("演练不由此渠道外发", "no drill leaves by this channel"),
}
"""Why a message was not sent at all."""


def skip_name(reason: str) -> Text:
    """Return why a message was not sent at all."""
    return named(SKIPS, reason)


def actor_name(line: AuditLine) -> Text:
    """Return who did it: an account by its name, or the platform itself."""
    return named(ACTORS, line.actor)


def action_name(line: AuditLine) -> Text:
    """Return what was done, as the audit line says it."""
    return named(ACTIONS, line.action)


ROLES: dict[str, Text] = {
    "backup": Text("备份", "backup"),
    "bastion": Text("堡垒机", "bastion host"),
    "camera": Text("摄像机", "camera"),
    "data_exchange": Text("数据交换", "data exchange"),
    "database": Text("数据库", "database"),
    "dns": Text("域名服务", "name server"),
    "file_server": Text("文件服务", "file server"),
    "mail": Text("邮件", "mail"),
    "monitor": Text("监控", "monitoring"),
    "ntp": Text("时间服务", "time server"),
    "partner": Text("合作单位", "partner"),
    "portal": Text("门户", "portal"),
    "rdp_gateway": Text("远程桌面网关", "remote desktop gateway"),
    "unassigned": Text("未分配", "unassigned"),
    "unknown": Text("未知", "unknown"),
    "update_server": Text("更新服务", "update server"),
    "video": Text("视频", "video"),
    "workstation": Text("终端", "workstation"),
}
"""Roles of assets in the network; an asset table may have others."""

INDICATORS: dict[str, Text] = {
    "domain": Text("域名", "domain"),
    "port": Text("端口", "port"),
    "ports": Text("端口", "ports"),
    "address": Text("地址", "address"),
    "host": Text("主机", "host"),
    "ip": Text("地址", "address"),
    "account": Text("账号", "account"),
    "url": Text("网址", "URL"),
    "md5": Text("MD5", "MD5"),
    "sha256": Text("SHA-256", "SHA-256"),
    "scan": Text("扫描", "scan"),
    "run": Text("扫描运行", "run of the scan"),
    "persons": Text("涉及人数", "persons"),
    "sensitive_persons": Text("敏感信息涉及人数", "persons with sensitive data"),
}
"""Kinds of things to look for elsewhere."""

LOSSES: dict[str, Text] = {
    "truncated_record": Text("文件在记录中间结束", "the file ends inside the record"),
    "record_length_beyond_limit": Text("记录长度超限", "record longer than a packet can be"),
    "block_damaged": Text("pcapng 块损坏", "damaged pcapng block"),
    "unknown_interface": Text("未描述的接口", "undescribed interface"),
    "packet_beyond_block": Text("包超出所在块", "packet longer than its block"),
    "timestamp_beyond_range": Text("时间超出范围", "time out of range"),
    "compression_damaged": Text("压缩流损坏", "damaged compressed stream"),
    "gzip_damaged": Text("压缩流损坏", "damaged gzip stream"),
    "not_ip": Text("非 IP", "not IP"),
    "truncated_frame": Text("帧在包头中间结束", "frame ends inside its header"),
    "bad_ip_header": Text("IP 包头有误", "wrong IP header"),
    "encrypted_frame": Text("链路层加密的帧", "frame encrypted below IP"),
    "sample": Text("抽样流", "sampled flows"),
    "flow": Text("流记录", "flow records"),
    "metadata": Text("协议元数据", "protocol metadata"),
    "no_room": Text("没有空间", "no room"),
    "worker_died": Text("抓包进程中断", "the capturing process died"),
    "no_capture": Text("不是抓包文件", "no capture"),
    "payloads_shed": Text("未读取的载荷", "payloads not read"),
    "statistics_shed": Text("未统计大小与间隔的包", "packets without sizes and gaps"),
}
"""Reasons for which packets, lines or records were dropped."""

INPUTS: dict[str, Text] = {
    "packet": Text("网络接口", "interface"),
    "captures": Text("抓包文件夹", "folder of captures"),
}
"""Ways in whose events are of no kind of log."""


class Names:
    """Names that the plan gives: kinds of alert, types of incident, facts."""

    def __init__(self, plan: Plan) -> None:
        self._kinds = {row.key: Text(row.zh, row.en) for row in plan.detectors}
        self._types = {row.name: Text(row.zh, row.en) for row in plan.sub_categories}
        self._categories = {row.key: Text(row.zh, row.en) for row in plan.categories}
        self._instruments = {row.zh: row.en for row in plan.instruments}
        self._metrics = {row.key: row for row in plan.metrics}
        self._values = {(row.scale, row.key): Text(row.zh, row.en) for row in plan.scale_values}
        self._notice_kinds = {row.key: Text(row.zh, row.en) for row in plan.notice_kinds}
        self._pauses = {
            reason.key: Text(reason.zh, reason.en)
            for row in plan.clocks
            for reason in row.pause_reasons
        }
        self._urgencies = {row.key: Text(row.zh, row.en) for row in plan.notice_deadlines}
        self._facts = tuple(
            row.key for row in plan.metrics if " " not in row.key and row.key not in _NO_FACTS
        )
        self.city = Text(plan.city.zh, plan.city.en)
        self.help_line = plan.city.contact
        self.plan = next(
            (Text(row.zh, row.en) for row in plan.instruments if row.key == CITY_PLAN),
            Text("", ""),
        )

    def kind(self, key: str) -> Text:
        """Return what a kind of alert is called."""
        return named(self._kinds, key)

    def type(self, key: str) -> Text:
        """Return category and sub-category of an incident by `category/sub-category`."""
        category = named(self._categories, key.partition("/")[0])
        if key not in self._types:
            return category
        sub = self._types[key]
        return Text(f"{category.zh} / {sub.zh}", f"{category.en} / {sub.en}")

    def notice_kind(self, key: str) -> Text:
        """Return what a kind of notice is called."""
        return named(self._notice_kinds, key)

    def urgency(self, key: str) -> Text:
        """Return what a row of the notice deadlines is called by its key."""
        return named(self._urgencies, key)

    def fact(self, key: str) -> Text:
        """Return what a fact is called."""
        row = self._metrics.get(key)
        return Text(row.zh, row.en) if row else Text(key, key)

    def pause(self, key: str) -> Text:
        """Return the reason for which a clock stands still."""
        return named(self._pauses, key)

    def clause(self, clause: str) -> Text:
        """Return a clause that begins with the Chinese name of its instrument."""
        for zh, en in self._instruments.items():
            if clause.startswith(zh):
                return Text(clause, f"{en} {clause.removeprefix(zh).strip()}")
        return Text(clause, clause)

    def unit(self, key: str) -> str:
        """Return the unit of a fact: minutes, persons, share, rmb, count, value."""
        row = self._metrics.get(key)
        return row.unit if row else "value"

    def facts(self) -> tuple[str, ...]:
        """Return the keys of all facts that an incident may have."""
        return self._facts

    def value(self, key: str, value: str) -> Text:
        """Return what a step of the scale of a fact is called."""
        return self._values.get((key, value), Text(value, value))
