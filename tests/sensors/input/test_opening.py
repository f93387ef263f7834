import pathlib
import socket

import pytest

from sensors.input.capture.watching import Watching
from sensors.input.opening import Parts, open_inputs, recognise
from situation.assets import Assets
from situation.clock import SystemClock
from situation.faults import Misconfigured
from situation.settings import InputSettings
from tests.sensors.input.parts import Shelf


def settings(**values: object) -> InputSettings:
    return InputSettings.model_validate(values)


def parts() -> Parts:
    return Parts(Shelf(), SystemClock(), Assets(()), "sensor-1")


def test_faults_of_all_inputs_are_listed_before_anything_starts(tmp_path: pathlib.Path) -> None:
    (tmp_path / "short").write_text("key")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        inputs = {
            "nothing": settings(type="file"),
            "kind": settings(type="syslog", kind="sundial"),
            "zone": settings(type="syslog", zone="Asia/Atlantis"),
            "port": settings(type="syslog", transport="tcp", port=taken.getsockname()[1]),
            "tls": settings(type="syslog", transport="tls"),
            "keyless": settings(type="http"),
            "wire": settings(type="packet"),
            "taps": settings(type="captures"),
            "short": settings(type="http", api_key_file=tmp_path / "short"),
            "good": settings(type="syslog"),
        }
        with pytest.raises(Misconfigured) as caught:
            open_inputs(inputs, parts())
    told = str(caught.value)
    for name in set(inputs) - {"good"}:
        assert told.count(f"inputs.{name}: ") == 1, told
    assert "inputs.good" not in told
    assert "inputs.wire: interface is needed" in told
    assert "certificate is needed for tls; key is needed for tls" in told


def test_a_pattern_without_files_is_a_warning(tmp_path: pathlib.Path) -> None:
    opened = open_inputs({"web": settings(type="file", paths=[f"{tmp_path}/*.log"])}, parts())
    assert opened.warnings == [f"inputs.web: {tmp_path}/*.log matches no file yet"]
    assert set(opened.makers) == {"web"}


def test_inputs_of_every_type_are_opened_and_closed(tmp_path: pathlib.Path) -> None:
    (tmp_path / "key").write_text("a key that is long enough")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pushed = {"type": "http", "api_key_file": tmp_path / "key", "port": port}
    opened = open_inputs(
        {
            "udp": settings(type="syslog"),
            "tcp": settings(type="syslog", transport="tcp"),
            "flows": settings(type="netflow"),
            "taps": settings(type="captures", paths=[str(tmp_path)]),
            "push": settings(**pushed),
            "other": settings(**pushed, kind="syslog"),
        },
        parts(),
    )
    assert set(opened.makers) == {"udp", "tcp", "flows", "taps"}
    assert isinstance(opened.makers["taps"](), Watching)
    assert [set(door.pushes) for door in opened.doors.values()] == [{"push", "other"}]
    opened.close()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_lines_that_are_like_no_kind_are_read_as_syslog() -> None:
    assert recognise(["something else entirely"]).name == "syslog"
    assert recognise([]).name == "syslog"
