"""Accounts on the command line, as an administrator makes them."""

import json
import pathlib
import re
import subprocess
import sys

from situation.state.store import open_state_store
from situation.state.tables import Account
from soc_api import accounts

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
BUREAU = "示例市交通运输局"


def _account(
    folder: pathlib.Path, *arguments: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CITYWATCH, "account", *arguments, "--data", folder],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def _password(out: str) -> str:
    found = re.search(r"^Password  (\S+)", out, re.MULTILINE)
    assert found is not None
    return found[1]


def _enters(folder: pathlib.Path, name: str, password: str) -> bool:
    import datetime as dt  # noqa: PLC0415 - for this one look

    store = open_state_store(f"sqlite:///{folder}/state.db")
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    found = accounts.authenticate(store, now, name=name, password=password)
    store.close()
    return isinstance(found, Account)


def test_an_account_is_added_given_a_role_a_password_and_ended(tmp_path: pathlib.Path) -> None:
    added = _account(tmp_path, "add", "chen", "--role", "analyst", "--name", "陈一")
    assert added.returncode == 0, added.stderr
    first = _password(added.stdout)
    assert _enters(tmp_path, "chen", first)
    assert _account(tmp_path, "role", "chen", "--role", "duty_lead").returncode == 0
    second = _password(_account(tmp_path, "password", "chen").stdout)
    assert not _enters(tmp_path, "chen", first)
    assert _enters(tmp_path, "chen", second)
    assert _account(tmp_path, "end", "chen").returncode == 0
    assert not _enters(tmp_path, "chen", second)
    (listed,) = json.loads(_account(tmp_path, "list", "--json").stdout)
    assert (listed["name"], listed["role"], listed["display_name"]) == ("chen", "duty_lead", "陈一")
    assert listed["ended_at"]
    assert "password" not in " ".join(listed)


def test_a_department_user_is_of_a_department_that_the_city_knows(tmp_path: pathlib.Path) -> None:
    known = _account(tmp_path, "add", "liu", "--role", "department", "--department", BUREAU)
    assert known.returncode == 0, known.stderr
    typo = _account(tmp_path, "add", "sun", "--role", "department", "--department", BUREAU[3:])
    assert typo.returncode == 2
    assert BUREAU in typo.stderr


def test_a_password_is_read_when_it_is_given(tmp_path: pathlib.Path) -> None:
    role = ("add", "chen", "--role", "viewer", "--password-stdin")
    short = _account(tmp_path, *role, given="short\n")
    assert (short.returncode, "10 to 256" in short.stderr) == (2, True)
    added = _account(tmp_path, *role, given="synthetic-pass-4711\n")
    assert added.returncode == 0, added.stderr
    assert "synthetic" not in added.stdout
    assert _enters(tmp_path, "chen", "synthetic-pass-4711")


def test_what_cannot_be_is_refused_in_one_sentence(tmp_path: pathlib.Path) -> None:
    _account(tmp_path, "add", "chen", "--role", "administrator")
    for arguments, said in (
        (("add", "wang", "--role", "operator"), "operator is none of analyst"),
        (("end", "nobody"), "there is no account nobody"),
        (("end", "chen"), "nobody could manage the accounts"),
        (("add", "wang", "--role", "department"), "belongs to a department"),
    ):
        refused = _account(tmp_path, *arguments)
        assert refused.returncode == 2
        assert said in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
