"""Forms that the tests compile: one that uses every feature, and small ones around given steps."""

import textwrap

HEAD = """\
key: tried
version: 3
dated: 2026-11-27
name: {zh: 试验, en: Trial}
about: {zh: 供测试。, en: For tests.}
types: [mitigation]
"""

WHOLE = """\
key: whole-form
version: 2
dated: 2026-11-27
name: {zh: 全部写法, en: Every feature}
about: {zh: 每种写法各用一次。, en: 'Each feature once: all of them.'}
types: [investigation, mitigation]
activities: [match-indicator]
labels: [password]
severity: 70
priority: 1
impact: 0
within: 1d12h
if_it_fails: compensate
triggers:
  - {on: detector, is: [guessing_success], level: 4, once: day}
  - {on: grade, level: 3}
  - {on: clock, is: [T-CITY], minutes: 30}
variables:
  attacker: {type: ip-addr, from: incident.source_ip}
  account: {type: string, from: incident.account, value: 未知}
  hours: {type: integer, value: 24, constant: true, about: {zh: 多久, en: how long}}
  listed: bool
  count: {type: integer, value: 0}
  answer: {type: string, external: true}
  ports: {type: list, value: [22, 3389]}
steps:
  - step: look-up
    name: {zh: 核对, en: Look up}
    about: {zh: 先看清对象。, en: Know it first.}
    action: enrich
    with: {value: "$attacker"}
    out: {is_own: listed}
    clause: national_plan_2017 4.1
    within: 15m
    retries: 3
    if_it_fails: continue
  - step: decide
    name: {zh: 已知恶意, en: Known to be bad}
    if: listed = true AND hours > 1
    then:
      - step: block
        name: {zh: 封禁, en: Block}
        action: block_address
        with: {address: "$attacker", hours: "$hours", reason: "${account} 被猜中，费用 $$5"}
        quorum: 2
        on_timeout: skip
        if_it_fails:
          - step: by-hand
            name: {zh: 人工, en: By hand}
            action: manual_task
            with: {title_zh: "封禁 ${attacker}", title_en: "Block ${attacker}", role: duty_lead}
            within: 2h
    else: []
  - step: both
    parallel:
      - - {step: notice, name: {zh: 通报, en: Notice}, action: draft_notice}
      - - {step: evidence, name: {zh: 取证, en: Evidence}, action: packet_slice}
  - step: until-quiet
    while: count > 0
    turns: 24
    do:
      - step: again
        name: {zh: 再查, en: Again}
        delay: 1h30s
        action: set_value
        with: {value: 0}
        out: {value: count}
  - step: by-answer
    switch: answer
    cases:
      a: []
      default:
        - step: leak
          name: {zh: 转泄露, en: The leak playbook}
          playbook: data-leak
          with: [attacker]
          out: [answer]
  - step: watch
    name: {zh: 观察, en: Watch}
    wait: 24h
    clause: national_plan_2017 4.2
"""


def form(steps: str, *, head: str = HEAD, variables: str = "", more: str = "") -> str:
    """Return a form of these steps; `variables` and `more` are YAML, too."""
    parts = [head, textwrap.dedent(more)]
    if variables:
        parts.append("variables:\n" + textwrap.indent(textwrap.dedent(variables), "  "))
    parts.append("steps:\n" + textwrap.indent(textwrap.dedent(steps), "  "))
    return "\n".join(part.rstrip("\n") for part in parts if part.strip()) + "\n"
