"""Several people at the same incident at the same time."""

import threading

from playbooks.incident.regrading import Entered, ask_downgrade, complete_facts
from playbooks.incident.reports import record_receipt, send_report
from situation.state.store import StateStore
from situation.state.tables import GradeChange, Incident
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.incident.case import (
    ANALYST,
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    PROVINCE,
    actions,
    clock,
    every,
    graded,
    the,
)
from tests.playbooks.incident.test_reports import drafted, sent
from tests.playbooks.intrusion import NOW


def test_of_several_requests_at_once_one_waits(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    version = the(either_state, Incident, incident.id).version

    def ask() -> None:
        with either_state.transaction() as session:
            ask_downgrade(
                session,
                PLAN,
                incident.id,
                level=4,
                reason="核实后损失远低于申报",
                by=ANALYST,
                expected_version=version,
                now=NOW,
            )

    assert together(ask) == (1, THREADS - 1)
    pending = [row for row in every(either_state, GradeChange) if row.state == "pending"]
    assert len(pending) == 1


def test_of_several_who_tell_facts_at_once_one_is_heard(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    version = the(either_state, Incident, incident.id).version

    def tell() -> None:
        with either_state.transaction() as session:
            complete_facts(
                session,
                PLAN,
                incident.id,
                entered={"loss_rmb": Entered(20_000_000)},
                reason="电话核实",
                by=LEAD,
                expected_version=version,
                now=NOW,
            )

    assert together(tell) == (1, THREADS - 1)
    assert actions(either_state).count("incident.regrade") == 2


def test_a_report_is_sent_once(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    report = drafted(either_state, incident.id, addressee=PROVINCE)

    def send() -> None:
        with either_state.transaction() as session:
            send_report(
                session,
                PLAN,
                report.id,
                channel="web",
                by=LEAD,
                expected_version=report.version,
                now=NOW,
            )

    assert together(send) == (1, THREADS - 1)
    assert actions(either_state).count("clock.meet") == 1


def test_a_receipt_and_graver_facts_at_once_start_the_onward_clock(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    report = sent(either_state, drafted(either_state, incident.id))
    version = the(either_state, Incident, incident.id).version
    ready = threading.Barrier(2)

    def receive() -> None:
        ready.wait()
        with either_state.transaction() as session:
            record_receipt(
                session,
                PLAN,
                report.id,
                received_at=NOW + 2 * HOUR,
                note="",
                by=LEAD,
                expected_version=report.version,
                now=NOW + 2 * HOUR,
            )

    def tell() -> None:
        ready.wait()
        with either_state.transaction() as session:
            complete_facts(
                session,
                PLAN,
                incident.id,
                entered={"loss_rmb": Entered(20_000_000)},
                reason="电话核实",
                by=LEAD,
                expected_version=version,
                now=NOW + 2 * HOUR,
            )

    threads = [threading.Thread(target=work) for work in (receive, tell)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock(either_state, "T-OTH-2").state == "running"
