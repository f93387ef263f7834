"""What the platform itself wrote down in English, said in Chinese: faults, errors and reasons.

The log, the steps and the points keep the words that a fault had when it happened. The sentences
that come often have a row here; a sentence is said whole in Chinese or left whole as it is, and
then marked as English for those who have the page read to them.
"""

import re
from collections.abc import Sequence
from itertools import starmap

from markupsafe import Markup

from soc_api.web.text import Language, Text

Row = tuple[re.Pattern[str], str]


def _rows(*pairs: tuple[str, str]) -> Sequence[Row]:
    return tuple(starmap(_row, pairs))


def _row(pattern: str, zh: str) -> Row:
    return re.compile(pattern, re.DOTALL), zh


PLACES = _rows(
    (r"variable (\S+)", r"变量 \1"),
    (r"binding (\S+)", r"绑定 \1"),
    (r"trigger (\d+)", r"触发条件 \1"),
    (r"case (\S+)", r"情形 \1"),
    (r"line (\d+)", r"第 \1 行"),
    (r"(\S+) line (\d+)", r"\1 第 \2 行"),
    (r"(feeds\.\S+) (\S+)", r"\1 \2"),
    (r"(feeds\.\S+) (\S+) line (\d+)", r"\1 \2 第 \3 行"),
    (r"(\S+) bundle", r"\1 的 STIX 包"),
    (r"condition", "条件"),
    (r"condition, column (\d+)", r"条件第 \1 列"),
    (r"form, line (\d+)", r"表单第 \1 行"),
    (r"workflow", "流程"),
    (r"playbook", "剧本"),
    (r"form", "表单"),
    (r"firewall helper", "防火墙代理"),
    (r"department", "单位"),
    (r"dataset", "数据集"),
    (r"grade", "级别"),
    (r"opening", "开放属性"),
    (r"population", "人口"),
)
"""Where a fault lies, as it stands before the colon."""

SENTENCES = _rows(
    # The course of a run.
    (r"its time ran out", "已到时限"),
    (r"its run or its branch has ended", "所在执行或分支已结束"),
    (r"the incident was withdrawn", "事件已撤销"),
    (r"nobody agreed in time", "超时无人批准"),
    (r"it was refused", "审批被驳回"),
    (r"was begun (\d+) times and never came to an end", r"开始了 \1 次，每次都没有做完"),
    (r"there is no such action", "没有这个动作"),
    (r"the action has no inverse", "这个动作不能撤销"),
    (r"the action has no such way", "这个动作没有这种做法"),
    (r"turns more than (\d+) times", r"循环超过 \1 次"),
    (r"was reached before; only a loop repeats", "这一步已走过，只有循环可以重复"),
    (r"the run has more than (\d+) steps", r"执行超过 \1 步"),
    (r"playbooks call one another (\d+) times", r"剧本互相调用超过 \1 层"),
    (r"calls (\d+) playbooks deep", r"剧本互相调用超过 \1 层"),
    (r"no version of it is published", "它没有在用的版本"),
    (r"was started before", "此前已启动过"),
    (r"the task was dropped", "任务已取消"),
    (r"the notice was dismissed", "通报已定为不予下发"),
    (r"notice (.+) was dismissed", r"\1 已定为不予下发"),
    (r"what it waited for is not there", "所等的对象不在了"),
    (r"the action or who has to agree is another one now", "动作或审批要求已变"),
    (r"the run is about no incident", "这次执行不涉及事件"),
    (r"the department of the incident is unknown", "事件的责任单位未知"),
    (
        r"the incident has no alerts: a person has to write its notice",
        "事件没有告警，通报须由人撰写",
    ),
    (r"the incident is not graded yet, or closed", "事件未定级或已办结"),
    (r"no contact has a mail address", "没有登记邮箱的联系人"),
    (r"there is no (channels\.\S+)", r"没有配置 \1"),
    (r"(channels\.\S+) is no webhook", r"\1 不是网络钩子"),
    # Points, actuators, feeds.
    (r"there is no point that can hold (\S+)", r"没有能落实 \1 的处置点"),
    (r"no point '([^']+)' can hold (\S+)", r"处置点 \1 不能落实 \2"),
    (r"does not answer: (.+)", r"没有应答：{1}"),
    (r"point (\S+) did not answer in (\d+) s", r"处置点 \1 在 \2 秒内没有应答"),
    (r"the firewall helper is away: (.+)", r"防火墙代理不在：{1}"),
    (r"the helper cannot be reached: (.+)", r"防火墙代理不在：{1}"),
    (r"no firewall has fetched the list since", "此后还没有防火墙取走名单"),
    (r"the change was taken back", "改动已被撤回"),
    (r"the change was rolled back", "改动已被撤回"),
    (r"(\S+) cannot be read", r"\1 无法读取"),
    (r"(\S+) cannot be read: (.+)", r"\1 无法读取：{2}"),
    (r"(\S+) answers (\d+)", r"\1 应答 \2"),
    (r"the settings name no OpenC2 actuator '([^']+)'", r"设置中没有 OpenC2 执行器 \1"),
    (r"the settings name no SSH actuator '([^']+)'", r"设置中没有 SSH 执行器 \1"),
    (r"the command ended with (\d+) at (\S+)", r"命令在 \2 以 \1 结束"),
    (r"the connection to (\S+) ended before the command did", r"命令未完，与 \1 的连接已断"),
    # Scans and the catalogue.
    (r"(\S+) cannot be reached: (.+)", r"\1 不可达：{2}"),
    (r"there is no such file or folder", "没有这个文件或文件夹"),
    (r"there is no such department", "通讯录中没有这个单位"),
    (r"is no grade from 1 to 6", "须是六个级别之一"),
    (r"is no number(?: of people)?", "不是数字"),
    (r"no such kind: (.+)", r"没有这种数据：\1"),
    (r"no connection", "连不上"),
    (r"no answer in time", "超时没有应答"),
    (r"cut off", "连接中断"),
    (r"is not enabled", "没有启用"),
    (r"is missing", "没有填写"),
    (r"[Cc]onnection refused", "连接被拒绝"),
    (r"[Nn]o such file(?: or directory)?", "没有这个文件"),
    (r"[Pp]ermission denied", "没有权限"),
    (r"[Nn]o route to host", "没有到该主机的路由"),
    (r"[Nn]etwork is unreachable", "网络不可达"),
    (r"[Cc]onnection reset by peer", "对方断开了连接"),
    (r"(?:[Cc]onnection )?timed out", "超时"),
    (r"[Nn]o space left on device", "磁盘已满"),
    (r"is neither an address nor a network: .+", "不是地址，也不是网段"),
    (r"is no domain name", "不是域名"),
    (r"is no JSON: .+: line (\d+) column (\d+) .+", r"不是 JSON，第 \1 行第 \2 列"),
    (r"is no JSON object", "不是 JSON 对象"),
    (r"is no STIX bundle with objects", "不是带对象的 STIX 包"),
    (r"the head line lacks (.+)", r"表头缺 \1"),
    (r"(\d+) octets are more than (\d+)", r"\1 字节，超过上限 \2"),
    (r"is no UTF-8: .+", "不是 UTF-8"),
    # What stands against a version.
    (r"has several commands; each needs a step of its own", "有几条命令，每条须单列一步"),
    (r"there is no action '([^']*)'", r"没有动作 \1"),
    (r"there is no step (\S+)", r"没有步骤 \1"),
    (r"there is no such step", "没有这个步骤"),
    (r"(\S+) has no output '([^']*)'", r"\1 没有输出 \2"),
    (r"output (\S+) is (\S+), variable (\S+) is (\S+)", r"输出 \1 是 \2，变量 \3 是 \4"),
    (r"(\S+) must not be repeated, so it has no retries", r"\1 不能重做，不能设重试"),
    (r"asks (\d+) people, the plan at least (\d+)", r"要求 \1 人，预案要求至少 \2 人"),
    (r"has more than (\d+) steps", r"超过 \1 步"),
    (r"is never reached", "永远走不到"),
    (r"leads back to itself; only a while-condition repeats steps", "绕回自身，只有循环可以重复"),
    (
        r"is reached by several branches, so it would be done several times",
        "几个分支都会走到，会重复执行",
    ),
    (r"calls its own playbook", "调用了自己"),
    (r"there is no published playbook (\S+)", r"没有在用的剧本 \1"),
    (r"the plan has no instrument '([^']*)'", r"预案中没有依据 \1"),
    (r"no row of the plan cites (.+)", r"预案中没有引用 \1 的条目"),
    (r"the plan has no (\S+) '([^']*)'", r"预案中没有 \1 \2"),
    (r"a grade is told by level", "定级触发须写级别"),
    (r"a clock needs minutes", "时钟触发须写分钟数"),
    (r"unknown type '([^']*)'", r"没有类型 \1"),
    (r"is constant and has no value", "是常量而没有值"),
    (r"there is no such variable", "没有这个变量"),
    (r"there is no variable (\S+)", r"没有变量 \1"),
    (r"there is no fact '([^']*)'", r"没有事实 \1"),
    (r"(\S+) is ([a-z0-9-]+), not ([a-z0-9-]+)", r"\1 是 \2，不是 \3"),
    (r"is constant and cannot be bound", "是常量，不能绑定"),
    (r"variable (\S+) is never set", r"变量 \1 从未赋值"),
    (r"variable (\S+) has no value", r"变量 \1 没有值"),
    (r"variable (\S+) is constant and takes no value", r"变量 \1 是常量，不能赋值"),
    (r"never changes", "是常量，不能改"),
    (r"'(.*)' is no (\S+)", r"“\1”不是 \2"),
    (r"has more than (\d+) characters", r"超过 \1 个字"),
    (r"is larger than (\d+) bytes", r"超过 \1 字节"),
    (r"is deeper than (\d+) levels", r"嵌套超过 \1 层"),
    (r"the field is not declared", "没有声明这个字段"),
    (r"has a control character", "含有控制字符"),
    (r"has no action", "没有动作"),
    (r"is needed", "必须填写"),
    (r"nothing was written", "什么也没有写"),
    (r"the file has more than (\d+) characters", r"文件超过 \1 个字"),
    # What checks of values say.
    (r"(\S+) is a page of the console, no name of a playbook", r"\1 是控制台的页面，不能作剧本名"),
    (r"Field required", "必须填写"),
    (r"Extra inputs are not permitted", "没有这一项"),
    (r"Value error, (.+)", r"{1}"),
    (r"Input should be a valid integer.*", "须是整数"),
    (r"Input should be a valid string", "须是文字"),
    (r"Input should be a valid number.*", "须是数"),
    (r"Input should be a valid boolean.*", "须是 true 或 false"),
    (r"Input should be a valid (?:list|tuple)", "须是列表"),
    (r"Input should be a valid dictionary.*", "须是对象"),
    (r"Input should be greater than or equal to (\S+)", r"不能小于 \1"),
    (r"Input should be greater than (\S+)", r"须大于 \1"),
    (r"Input should be less than or equal to (\S+)", r"不能大于 \1"),
    (r"Input should be less than (\S+)", r"须小于 \1"),
    (r"String should have at least 1 character", "不能为空"),
    (r"String should have at least (\d+) characters", r"至少 \1 个字"),
    (r"String should have at most (\d+) characters", r"最多 \1 个字"),
)
"""Whole sentences. `{1}` stands for the first group, which is a sentence of this table itself."""

_INNER = re.compile(r"(\{(\d)\})")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")


def told(said: str) -> Text:
    """Return what the platform wrote down in both languages; as it is where no row knows it."""
    return Text(_chinese(said) or said, said)


def marked(said: str, language: Language) -> str:
    """Return a text for a page, marked where it is English on a Chinese one."""
    if language == "en" or not _WORDS.search(said):
        return said
    if not _HAN.search(said):
        return Markup('<span lang="en">{}</span>').format(said)
    place, colon, rest = said.partition(": ")
    return Markup("{}：{}").format(place, marked(rest, language)) if colon else said


def _chinese(said: str) -> str | None:
    parts = said.split("; ")
    listed = [_whole(part) for part in parts]
    known = [part for part in listed if part is not None]
    return "；".join(known) if len(known) == len(parts) else None


def _whole(said: str) -> str | None:
    return _by_row(said) or _with_place(said)


def _by_row(said: str) -> str | None:
    for pattern, zh in SENTENCES:
        if found := pattern.fullmatch(said):
            return _filled(found, zh)
    return None


def _filled(found: re.Match[str], zh: str) -> str | None:
    said = found.expand(zh)
    for sign, number in _INNER.findall(zh):
        inner = _whole(found[int(number)])
        if inner is None:
            return None
        said = said.replace(sign, inner)
    return said


def _with_place(said: str) -> str | None:
    place, colon, rest = said.partition(": ")
    named, inner = _place(place), _whole(rest) if colon else None
    return f"{named}：{inner}" if named and inner else None


def _place(place: str) -> str | None:
    for pattern, zh in PLACES:
        if found := pattern.fullmatch(place):
            return found.expand(zh)
    # A name of a step in Chinese, or a path, an address, a key.
    return place.strip() if _HAN.search(place) or " " not in place.strip() else None
