"""The phone rings: a block is seen exactly, approved by another, and gone without trace."""

import datetime as dt
import pathlib
import re
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from playbooks.action.means import Means
from playbooks.cacao.form import compile_form
from playbooks.execution.engine import Engine
from playbooks.execution.versions import install_shipped
from playbooks.measure.enforcing import enforce
from situation.state.tables import Approval
from tests.playbooks.action.containing.errand import NoSlices
from tests.soc_api.web.city import NOW, SMALL_INCIDENT
from tests.soc_api.web.theatre import Theatre, house, send

TARGET = "203.0.113.99"
FORM = """\
key: border-block
version: 1
dated: 2026-03-01
name: {zh: 边界封禁, en: Block at the border}
about: {zh: 只封一个地址。, en: One address.}
types: [mitigation]
variables:
  attacker: {type: ip-addr, from: incident.remote_ip}
steps:
  - step: block
    name: {zh: 边界封禁, en: Block}
    action: block_address
    with: {address: "$attacker", hours: 24, reason: 电话要求}
    clause: national_plan_2017 4.1
"""


class Stage:
    """A console with an engine and a list of networks that a firewall reads."""

    def __init__(self, theatre: Theatre, folder: pathlib.Path) -> None:
        self.theatre, self.folder, self.house = theatre, folder, house(folder)
        served = theatre.served
        means = Means(events=served.events, slices=NoSlices())
        self.engine = Engine(served.state, self.house, means, served.clock, owner="one")

    def go_on(self) -> None:
        """Let everything that is due happen."""
        served = self.theatre.served
        for _ in range(3):
            self.engine.turn()
            enforce(served.state, self.house.points, self.folder, served.clock)

    def listed(self) -> str:
        """Return what the firewall reads."""
        path = self.folder / "border.txt"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def stage(theatre: Theatre, tmp_path: pathlib.Path) -> Iterator[Stage]:
    document = compile_form(FORM)
    with theatre.served.state.transaction() as session:
        install_shipped(session, {"border-block": (document, FORM)}, NOW)
    stage = Stage(theatre, tmp_path)
    stage.go_on()
    yield stage
    stage.engine.close()


def _start(client: httpx.Client) -> str:
    asked = {"incident": SMALL_INCIDENT, "v.attacker": TARGET}
    page = client.get("/playbooks/border-block/dry-run", params=asked).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = send(client, "/playbooks/border-block/runs", **(hidden | {"reason": "电话要求"}))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _pending(stage: Stage, path: str) -> Approval:
    with stage.theatre.served.state.reading() as session:
        query = sa.select(Approval).where(Approval.run_id == path.rpartition("/")[2])
        return session.scalars(query).one()


def test_a_block_is_seen_exactly_approved_by_another_and_gone_without_trace(stage: Stage) -> None:
    before = stage.listed()
    with stage.theatre.visit("chen") as asker, stage.theatre.visit("zhou") as lead:
        rehearsed = asker.get("/playbooks/border-block/dry-run", params={"v.attacker": TARGET}).text
        path = _start(asker)
        stage.go_on()
        assert stage.listed() == before
        approval = _pending(stage, path)
        command = str(approval.intent["command"])
        assert command in lead.get(path).text
        assert command in rehearsed
        assert "申请人不能批" in asker.get(path).text
        form = {"verdict": "approve", "sha256": approval.action_sha256, "next": path}
        assert send(lead, f"/approvals/{approval.id}", **form).headers["location"] == path
        stage.go_on()
        assert TARGET in stage.listed()
        page = lead.get(path).text
        assert "完成" in page
        assert "自动解除" in page
        step = approval.step_run_id
        undone = send(lead, f"{path}/steps/{step}/undo", reason="已核实为误封")
        assert undone.status_code == 303
        stage.go_on()
        assert stage.listed() == before
        assert "已撤销" in lead.get(path).text


def test_a_block_that_nobody_takes_back_ends_by_itself(stage: Stage) -> None:
    before = stage.listed()
    with stage.theatre.visit("chen") as asker, stage.theatre.visit("wang") as other:
        path = _start(asker)
        stage.go_on()
        approval = _pending(stage, path)
        form = {"verdict": "approve", "sha256": approval.action_sha256}
        assert send(other, f"/approvals/{approval.id}", **form).status_code == 303
        stage.go_on()
        assert TARGET in stage.listed()
    stage.theatre.served.clock.advance(dt.timedelta(hours=25))
    stage.go_on()
    assert stage.listed() == before
    with stage.theatre.visit("zhou") as lead:
        assert "已撤销" in lead.get(path).text
