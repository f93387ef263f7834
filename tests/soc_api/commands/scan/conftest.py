"""An installation with accounts and a share, on which `citywatch scan` is typed."""

import pathlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

import soc_api.scan.tools
from situation.settings import read_settings
from situation.state.tables import DataFinding, Department
from soc_api import cli
from soc_api.accounts import add_account
from soc_api.wiring import City, open_city
from tests.soc_api.scan.conftest import MARKED, NOW, PEOPLE, PLAIN, ruleset
from tests.soc_api.web.server import PASSWORD

BUREAU = "示例市教育局"
ROLES = {"song": "data_officer", "shen": "secrecy_officer", "sun": "viewer"}


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, output and complaint."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """Types commands of `citywatch scan`."""

    folder: pathlib.Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    @property
    def share(self) -> pathlib.Path:
        return self.folder / "share"

    def says(self, *words: object) -> Said:
        """Type a command; return what it left."""
        self.patch.setattr(sys, "argv", _line(self.folder, *words))
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), told.out, told.err)

    def refuses(self, sentence: str, *words: object) -> None:
        """Type a command that has to be refused in one sentence."""
        said = self.says(*words)
        assert (said.code in (2, 3, 4), said.out) == (True, ""), said
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1

    @contextmanager
    def city(self) -> Iterator[City]:
        """Yield the stores."""
        with open_city(read_settings(self.folder / "citywatch.toml", {})) as opened:
            yield opened

    def findings(self) -> list[DataFinding]:
        """Return all findings that are kept."""
        with self.city() as city, city.state.reading() as session:
            return list(session.query(DataFinding).order_by(DataFinding.path, DataFinding.rule))


def _line(folder: pathlib.Path, *words: object) -> list[str]:
    config = str(folder / "citywatch.toml")
    return ["citywatch", "scan", *map(str, words), "--config", config]


def lay_out(folder: pathlib.Path) -> None:
    """Write the settings, a share with papers, and the accounts."""
    share = folder / "share"
    share.mkdir()
    for name, text in (("list.txt", PEOPLE), ("plan.txt", MARKED), ("plain.txt", PLAIN)):
        (share / name).write_text(text, encoding="utf-8")
    (share / "torn.docx").write_text("PK\x03\x04 torn", encoding="utf-8")
    _write_settings(folder)
    settings = read_settings(folder / "citywatch.toml", {})
    with open_city(settings) as city, city.state.transaction() as session:
        session.add(Department(name=BUREAU, updated_at=NOW))
        for name, role in ROLES.items():
            add_account(session, NOW, name=name, display_name=name, password=PASSWORD, role=role)


def _write_settings(folder: pathlib.Path) -> None:
    (folder / "citywatch.toml").write_text(
        f'[store]\nfolder = "{folder / "data"}"\n'
        '[scan]\nworkers = 1\nocr = "off"\nrehash_percent = 0.0\n'
        f'[scans.share]\nurl = "{folder / "share"}"\ndepartment = "{BUREAU}"\n'
        'zone = "public_share"\n',
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """An installation that scanned its share once; nobody works on it where it lies."""
    folder = tmp_path_factory.mktemp("scanned")
    lay_out(folder)
    with pytest.MonkeyPatch.context() as patch:
        _typing(patch)
        words = ("run", "share", "--as", "song", "--out", folder / "lines")
        patch.setattr(sys, "argv", _line(folder, *words))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
    return folder


@pytest.fixture
def desk(
    scanned: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """A copy of it, for one test."""
    shutil.copytree(scanned, tmp_path, dirs_exist_ok=True)
    _write_settings(tmp_path)
    _typing(monkeypatch)
    return Desk(tmp_path, monkeypatch, capsys)


def _typing(patch: pytest.MonkeyPatch) -> None:
    """Answer for the password, and let the rules be compiled once for all commands."""
    patch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    patch.setattr(soc_api.scan.tools, "open_ruleset", lambda *_, **__: ruleset())
