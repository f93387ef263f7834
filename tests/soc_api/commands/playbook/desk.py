"""A desk whose playbooks are worked by the command line: the commands as they are typed."""

import json
import pathlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from playbooks.cacao.form import compile_form
from playbooks.execution.engine import Engine
from playbooks.execution.versions import install_shipped
from situation.settings import Settings
from situation.state.tables import Approval, PlaybookRun, StepRun
from soc_api import cli
from soc_api.accounts import add_account
from soc_api.house import install_playbooks, open_house, open_means
from soc_api.wiring import City, open_city
from tests.playbooks.intrusion import NOW
from tests.soc_api.web.server import PASSWORD

PEOPLE = {
    "chen": "analyst",
    "lin": "analyst",
    "wang": "duty_lead",
    "zhao": "duty_lead",
    "sun": "viewer",
}
BLOCK = """\
key: block-one
version: 1
dated: 2026-03-01
name: {zh: 封禁一处, en: Block one}
about: {zh: 测试, en: for a test}
types: [mitigation]
variables:
  target: {type: ip-addr, value: 198.51.100.23}
steps:
  - step: block
    name: {zh: 边界封禁, en: Block at the border}
    action: block_address
    with: {address: "$target", hours: 24, reason: 测试}
    clause: national_plan_2017 4.1
"""
MAIL = """\
key: mail-one
version: 1
dated: 2026-03-01
name: {zh: 告知一次, en: Tell once}
about: {zh: 测试, en: for a test}
types: [notification]
steps:
  - step: tell
    name: {zh: 告知, en: tell}
    action: mail
    with: {title_zh: 测试}
"""


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, output and complaint."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, object]]:
        """Return the output as the list that it is."""
        found = json.loads(self.out)
        assert isinstance(found, list)
        return found


@contextmanager
def opened(folder: pathlib.Path) -> Iterator[City]:
    """Yield the stores of a folder."""
    with open_city(Settings.model_validate({"store": {"folder": folder}})) as city:
        yield city


def furnish(folder: pathlib.Path) -> None:
    """Lay out a desk: its people, the shipped playbooks and those of the tests."""
    with opened(folder) as city:
        install_playbooks(city)
        with city.state.transaction() as session:
            documents = {text: (compile_form(text), text) for text in (BLOCK, MAIL)}
            install_shipped(session, documents, NOW)
            for name, role in PEOPLE.items():
                add_account(
                    session, NOW, name=name, display_name=name, password=PASSWORD, role=role
                )


class Desk:
    """Types commands, and lets the engine have its turns between them."""

    def __init__(
        self,
        folder: pathlib.Path,
        patch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self._patch, self._capsys = folder, patch, capsys

    def city(self) -> AbstractContextManager[City]:
        """Return the stores of the desk, opened while the context lasts."""
        return opened(self.folder)

    def says(self, *words: object) -> Said:
        """Type `citywatch playbook` and some words; return what it left."""
        line = ["citywatch", "playbook", *map(str, words), "--data", str(self.folder)]
        return self._typed(line)

    def checks(self, file: pathlib.Path, *more: str) -> Said:
        """Type `citywatch playbook check`, which needs no desk."""
        return self._typed(["citywatch", "playbook", "check", str(file), *more])

    def refuses(self, sentence: str, *words: object) -> None:
        """Type a command that has to be refused in one sentence with exit code 2 to 4."""
        said = self.says(*words)
        assert (said.code in (2, 3, 4), said.out) == (True, ""), said
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1

    def _typed(self, line: list[str]) -> Said:
        self._patch.setattr(sys, "argv", line)
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = self._capsys.readouterr()
        return Said(int(ended.value.code or 0), told.out, told.err)

    def turn(self) -> None:
        """Let the engine carry everything on."""
        with self.city() as city:
            house, means = open_house(city), open_means(city)
            with closing(Engine(city.state, house, means, city.clock, owner="one")) as engine:
                engine.turn()

    def started(self, key: str = "block-one", *more: str) -> str:
        """Start a playbook by hand, let it come as far as it goes; return its number."""
        said = self.says("run", key, "--as", "chen", *more)
        assert said.code == 0, said.err
        self.turn()
        return said.out.split()[1]

    def asked(self) -> Approval:
        """Return the one approval that waits."""
        with self.city() as city, city.state.reading() as session:
            return session.scalars(sa.select(Approval).where(Approval.state == "pending")).one()

    def agreed(self) -> None:
        """Let people agree to what waits, and the engine act."""
        asked = self.asked()
        for name in ("wang", "zhao")[: asked.quorum]:
            said = self.says("approve", asked.id, "--sha256", asked.action_sha256, "--as", name)
            assert said.code == 0, said.err
        self.turn()

    def state(self, run: str) -> str:
        """Return how a run stands."""
        with self.city() as city, city.state.reading() as session:
            return session.get_one(PlaybookRun, run).state

    def step(self, run: str, purpose: str = "do") -> StepRun:
        """Return the one step of a run that acts."""
        wanted = sa.select(StepRun).where(
            StepRun.run_id == run,
            StepRun.purpose == purpose,
            StepRun.step_id.startswith("action--"),
        )
        with self.city() as city, city.state.reading() as session:
            return session.scalars(wanted).one()
