import datetime as dt

from situation.state.tables import Incident, Report
from soc_api.web.query.incident.duty import duty_cards
from soc_api.web.query.incident.report import ReportLine
from tests.soc_api.web.city import NOW, plan

LEAK = Incident(id="SJ-1", flags=[{"code": "pipl_notice", "zh": "", "en": ""}])


def _sent(kind: str, at: dt.datetime | None) -> ReportLine:
    row = Report(kind=kind, sent_at=at)
    return ReportLine(row=row, written_by="", sent_by="")


def test_a_leak_of_personal_data_calls_for_a_duty_at_once() -> None:
    (duty,) = duty_cards(plan(), LEAK, [])
    assert duty.id == "T-PIPL"
    assert duty.clause.endswith("57")
    assert duty.done_at is None


def test_the_duty_is_done_when_authority_and_persons_were_told() -> None:
    later = NOW + dt.timedelta(hours=1)
    one = [_sent("pi_authority", NOW), _sent("pi_persons", None)]
    both = [_sent("pi_authority", NOW), _sent("pi_persons", later)]
    assert duty_cards(plan(), LEAK, one)[0].done_at is None
    assert duty_cards(plan(), LEAK, both)[0].done_at == later


def test_no_flag_calls_for_no_duty() -> None:
    assert duty_cards(plan(), Incident(id="SJ-2", flags=[]), []) == []
