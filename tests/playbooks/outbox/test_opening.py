"""Channels are opened from the settings, with every fault told at once by its key."""

import pathlib

import pytest

from playbooks.outbox.opening import CHANNELS, open_channels
from playbooks.outbox.own import own_servers
from situation.faults import Misconfigured
from situation.settings import ChannelSettings, Settings, StoreSettings, read_settings
from tests.playbooks.outbox.post import channels_of

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_every_type_of_the_settings_has_its_channel() -> None:
    types = ChannelSettings.model_fields["type"].annotation
    assert set(types.__args__) == set(CHANNELS)  # type: ignore[union-attr] # a Literal


def test_all_faults_of_all_channels_are_told_at_once() -> None:
    with pytest.raises(Misconfigured) as refusal:
        channels_of(
            mail={"type": "mail", "sender": "nobody"},
            hook={"type": "webhook", "url": "http://hook.example/", "secret": SECRET},
            robot={"type": "wecom", "token_file": "/nonexistent/key"},
            sms={"type": "webhook", "secret": SECRET, "url": "https://hook.example/"},
            drill={"type": "dingtalk", "token": "t", "drill": True, "drill_address": "zhou"},
            other={"type": "mail", "host": "m", "sender": "a@b.example", "drill": True},
        )
    said = refusal.value.reason
    for place in (
        "channels.mail.host: is needed",
        "channels.hook.url: only https is allowed",
        "channels.robot.token_file: /nonexistent/key: No such file or directory",
        "channels.sms: this name is not for a channel of type webhook",
        "channels.drill.drill_address: a URL, or empty where the channel is for drills alone",
        "channels.other.drill_address: the mail address of the drills is needed",
    ):
        assert place in said


def test_the_settings_file_has_the_channels_and_the_environment_their_secrets(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "citywatch.toml"
    path.write_text('[channels.hook]\ntype = "webhook"\nurl = "https://hook.example/"\n')
    monkeypatch.setenv("CITYWATCH_CHANNELS__HOOK__SECRET", SECRET)
    settings = read_settings(path)
    assert settings.channels["hook"].url == "https://hook.example/"
    channels = open_channels(settings)
    assert list(channels.routes) == ["hook"]
    assert SECRET not in f"{settings} {channels}"


def test_links_begin_with_the_public_url() -> None:
    settings = Settings.model_validate({"console": {"public_url": "https://soc.example"}})
    assert open_channels(settings).public_url == "https://soc.example"


def test_the_servers_of_the_installation_are_known() -> None:
    store = StoreSettings(
        events="http://127.0.0.1:9201,https://elastic:word@127.0.0.2",
        state="postgresql+psycopg://city@127.0.0.3/city",
    )
    assert own_servers(Settings(store=store)) == {
        ("127.0.0.1", 9201),
        ("127.0.0.2", 9200),
        ("127.0.0.3", 5432),
    }
    assert own_servers(Settings()) == frozenset()
