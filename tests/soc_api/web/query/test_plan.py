"""The plan as a page shows it: what each rule says in a few words."""

from playbooks.plan import load_plan
from soc_api.web.query.plan import PlanLine, plan_tables
from soc_api.web.word import WORDS

PLAN = load_plan()


def lines(table: str) -> dict[str, PlanLine]:
    tables = plan_tables(PLAN, instrument="", unverified=False)
    return {line.row.name: line for each in tables if each.key == table for line in each.lines}


def test_every_table_has_a_name() -> None:
    tables = plan_tables(PLAN, instrument="", unverified=False)
    assert {f"plan_table_{each.key}" for each in tables} <= WORDS.keys()


def test_who_has_to_agree_stands_there_with_number_time_and_what_follows() -> None:
    rules = lines("approval_rules")
    assert rules.keys() == {row.key for row in PLAN.approval_rules}
    assert rules["contain_general"].name.zh == "控制措施由值班长批准"
    says = {key: (line.says.zh, line.says.en) for key, line in rules.items()}
    assert says["contain_general"] == (
        "1 人，30 分钟内；逾期不执行，跳过这一步",
        "1 within 30 min; else it is left out",
    )
    assert says["contain_special"][0] == "2 人，30 分钟内；逾期另行报批"
    assert says["destroy"][1] == "2 within 60 min; else the step fails"
