"""The rules that a resource may break, as people read them: what is wrong, what to do.

What breaks a rule is judged elsewhere; here stands what the desk and the department are told.
"""

from dataclasses import dataclass

SECRET_MARK = "secret_mark"  # noqa: S105 - the key of a detector
EXPOSURE = "data_exposure"
CREDENTIAL = "credential_exposure"

MARK_RULE = "V01"
"""The rule about marks of state secrets, whose findings are the secrecy officer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of classified-data.md 3.6. `todo` is what a department is asked to do.

    `detector` is the kind of alert that a grave finding raises. `leaks` says that the data are
    out already, so that the persons count as persons whose data leaked. An `event` is broken
    once: that the next scan does not see it again says nothing, until its department has answered.
    """

    key: str
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    detector: str = EXPOSURE
    technique: str = "T1005"
    leaks: bool = False
    event: bool = False


_ROWS: tuple[Rule, ...] = (
    Rule(
        key=MARK_RULE,
        zh="非涉密网络存有国家秘密标志",
        en="mark of a state secret on a non-secret network",
        todo_zh="由保密员到场核实，不复制、不传输",
        todo_en="the secrecy officer looks on the spot; copy and send nothing",
        detector=SECRET_MARK,
    ),
    Rule(
        key="V02",
        zh="工作秘密或内部资料可从外部访问",
        en="work secret or internal paper can be reached from outside",
        todo_zh="移出对外区域，收紧访问权限",
        todo_en="take it out of the outer zone, restrict access",
    ),
    Rule(
        key="V03",
        zh="密级标志不规范或期限有误",
        en="mark misused or with a wrong term",
        todo_zh="更正或去除不规范的标志",
        todo_en="correct or remove the mark",
    ),
    Rule(
        key="V04",
        zh="公开数据含未脱敏个人信息",
        en="published data hold unmasked personal information",
        todo_zh="下线该数据，脱敏后再公开",
        todo_en="take the data off line, mask them before they are published again",
        leaks=True,
    ),
    Rule(
        key="V05",
        zh="防护低于数据级别要求",
        en="protection is weaker than the grade asks for",
        todo_zh="收紧访问权限，加密存储和传输，或移至相应级别的区域",
        todo_en="restrict access, encrypt, or move it to a zone of that grade",
    ),
    Rule(
        key="V06",
        zh="级别标签缺失、偏低或被改动",
        en="grade label is missing, too low or was altered",
        todo_zh="在数据目录中登记或更正级别",
        todo_en="enter or correct the grade in the catalogue",
    ),
    Rule(
        key="V07",
        zh="明文存放口令、密钥或令牌",
        en="password, key or token in plain text",
        todo_zh="立即更换并作废该凭据，改用密钥管理",
        todo_en="change and revoke the credential now, keep it in a key store",
        detector=CREDENTIAL,
        technique="T1552",
    ),
    Rule(
        key="V08",
        zh="个人信息规模跨过门槛",
        en="number of persons has crossed a threshold",
        todo_zh="核实规模，按新规模落实保护和报告义务",
        todo_en="check the number, meet the duties that come with it",
        event=True,
    ),
    Rule(
        key="V09",
        zh="未成年人或医疗数据在其系统之外",
        en="minors' or medical data outside their system",
        todo_zh="移回所属系统，清除副本",
        todo_en="move it back to its system, remove the copies",
    ),
    Rule(
        key="V10",
        zh="原始数据与去标识数据同处存放",
        en="raw and de-identified data lie together",
        todo_zh="将原始数据与去标识化数据分开存放",
        todo_en="keep raw and de-identified data apart",
    ),
    Rule(
        key="V11",
        zh="无法读取",
        en="cannot be read",
        todo_zh="说明文件内容，提供可读副本或口令由数据安全员核验",
        todo_en="say what the file holds, let the data-security officer see a readable copy",
    ),
    Rule(
        key="V12",
        zh="导出无审批、水印或脱敏证明",
        en="export without approval, watermark or masking certificate",
        todo_zh="补办审批，补做脱敏和水印；无法补办的收回",
        todo_en="have it approved, masked and marked, or take it back",
        leaks=True,
    ),
)

RULES: dict[str, Rule] = {row.key: row for row in _ROWS}
"""All rules by key, in the order of the sheet."""

ALERTED = 2
"""Down to this severity (P2) a finding raises an alert, which may become an incident."""

OUTSIDE = frozenset({"internet", "public_share", "partner", "personal"})
"""Zones from which others than the department reach a resource: what lies open there is out."""


def rule_of(key: str) -> Rule:
    """Return a rule; one that is not listed stands for itself and asks to be looked at."""
    todo_zh, todo_en = "核实并整改", "check and put it right"
    return RULES.get(key) or Rule(key=key, zh=key, en=key, todo_zh=todo_zh, todo_en=todo_en)
