"""Settings come from one file and the environment, and say where they came from."""

import pathlib

import pytest

from situation.faults import Misconfigured
from situation.settings import (
    SECTIONS,
    Settings,
    origins,
    read_settings,
    without_password,
)


def _write(folder: pathlib.Path, text: str) -> pathlib.Path:
    path = folder / "citywatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_later_layers_stand_above_earlier_ones(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, '[store]\nreplicas = 1\nindex_prefix = "soc"\n[console]\nport = 1\n')
    monkeypatch.setenv("CITYWATCH_STORE__REPLICAS", "2")
    settings = read_settings(path, {"console": {"port": 3}})
    assert (settings.store.replicas, settings.store.index_prefix) == (2, "soc")
    assert settings.console.port == 3
    assert origins(path, {"console": {"port": 3}}) == {
        "store.replicas": "environment",
        "store.index_prefix": str(path),
        "console.port": "command line",
    }


def test_all_faults_are_listed_at_once(tmp_path: pathlib.Path) -> None:
    path = _write(tmp_path, "[store]\nreplica = 1\n[console]\nport = 70000\n[extra]\na = 1\n")
    with pytest.raises(Misconfigured) as refusal:
        read_settings(path)
    for place in ("store.replica", "console.port", "extra"):
        assert place in str(refusal.value)


def test_faults_are_told_in_plain_words(tmp_path: pathlib.Path) -> None:
    path = _write(tmp_path, '[inputs.a]\ntype = "sylog"\nprot = 1\n[inputs.b]\nport = -1\n')
    with pytest.raises(Misconfigured) as refusal:
        read_settings(path)
    assert refusal.value.reason.split("; ") == [
        "inputs.a.type: must be 'file', 'syslog', 'http', 'netflow', 'packet' or 'captures'",
        "inputs.a.prot: there is no such setting",
        "inputs.b.type: is needed",
        "inputs.b.port: must be greater than or equal to 0",
    ]


def test_a_file_that_is_not_there_is_named_once(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        read_settings(tmp_path / "none.toml")
    assert str(refusal.value) == f"{tmp_path}/none.toml: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://elastic:a-secret@one:9200,https://u:p@two",
            "https://elastic:***@one:9200,https://u:***@two",
        ),
        ("postgresql+psycopg://city@db/city", "postgresql+psycopg://city@db/city"),
        ("sqlite:////srv/a:b@c/state.db", "sqlite:////srv/a:b@c/state.db"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_a_secret_in_the_file_is_refused(tmp_path: pathlib.Path) -> None:
    path = _write(tmp_path, '[store]\napi_key = "not-a-real-key"\n')
    with pytest.raises(Misconfigured, match="api_key_file"):
        read_settings(path)


@pytest.mark.parametrize("key", ["secret", "token"])
def test_a_secret_of_a_channel_in_the_file_is_refused(tmp_path: pathlib.Path, key: str) -> None:
    path = _write(tmp_path, f'[channels.edu]\ntype = "wecom"\n{key} = "not-a-real-key"\n')
    with pytest.raises(Misconfigured) as refusal:
        read_settings(path)
    assert f"channels.edu.{key}_file" in str(refusal.value)
    assert "not-a-real-key" not in str(refusal.value)


def test_the_environment_adds_to_a_channel_of_the_file(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, '[channels.edu]\ntype = "wecom"\nper_minute = 9\n')
    monkeypatch.setenv("CITYWATCH_CHANNELS__EDU__TOKEN", "not-a-real-key")
    channel = read_settings(path).channels["edu"]
    assert (channel.type, channel.per_minute) == ("wecom", 9)
    assert channel.token.get_secret_value() == "not-a-real-key"


def test_a_channel_with_an_unknown_key_or_name_is_refused(tmp_path: pathlib.Path) -> None:
    path = _write(tmp_path, '[channels.edu]\ntype = "fax"\nprot = 1\n[channels."A B"]\n')
    with pytest.raises(Misconfigured) as refusal:
        read_settings(path)
    for place in ("channels.edu.type", "channels.edu.prot", "channels.A B"):
        assert place in str(refusal.value)


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYWATCH_STORE__API_KEY", "not-a-real-key")
    settings = read_settings(None)
    assert settings.store.api_key.get_secret_value() == "not-a-real-key"
    assert "not-a-real-key" not in str(settings)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="line 2"):
        read_settings(_write(tmp_path, "\nstore = maybe\n"))


def test_every_setting_says_what_it_means() -> None:
    for section in SECTIONS:
        model = Settings.model_fields[section].annotation
        assert model is not None
        fields = getattr(model, "model_fields", {})
        assert fields
        assert all(field.description for field in fields.values())
