"""ssh_command against a real sshd on this machine: the allow-list, the quoting, every doubt."""

import getpass
import pathlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from playbooks.action.action import Guarantee, Outcome, Refused, Unsure
from playbooks.action.containing import ssh_command
from playbooks.action.containing.ssh_command import (
    OUTPUT_OCTETS,
    SSH_COMMAND,
    SshParameters,
    client_words,
    words_of,
)
from playbooks.machine import Refusal
from situation.faults import Malformed, Unavailable
from situation.settings import ActuatorSettings
from situation.state.store import StateStore
from tests import sshd
from tests.playbooks.action.containing.errand import errand, means
from tests.playbooks.measure.site import scene

ADDRESS = {"address": "198.51.100.23"}


@dataclass
class Server:
    """An sshd of our own and the folder with its keys."""

    folder: pathlib.Path
    port: int

    @property
    def log(self) -> pathlib.Path:
        """File that the commands of the tests write to."""
        return self.folder / "commands.log"

    def actuator(self, **more: object) -> ActuatorSettings:
        """Return how it is reached, with the commands of the tests."""
        log = str(self.log)
        said: dict[str, object] = {
            "type": "ssh",
            "enabled": True,
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "key_file": self.folder / "client",
            "known_hosts": self.folder / "known_hosts",
            "commands": {
                "block": ("/bin/sh", "-c", f'echo "add $0" >> {log}', "{address}"),
                "unblock": ("/bin/sh", "-c", f'echo "del $0" >> {log}', "{address}"),
                "print": ("/usr/bin/printf", "%s|", "$(id)", "a b;c", "'", "{user}", "{domain}"),
                "flood": ("/bin/sh", "-c", "yes | head -c 300000"),
                "fail": ("/bin/sh", "-c", f"echo ran >> {log}; exit 3"),
                "cut": ("/bin/sh", "-c", f"echo began >> {log}; kill -9 $PPID; sleep 60"),
                "alone": ("/bin/true",),
                "odd": ("/bin/echo", "{path}"),
            },
            "inverses": {
                "block": "unblock",
                "print": "print",
                "flood": "flood",
                "fail": "flood",
                "cut": "flood",
                "odd": "odd",
            },
        }
        return ActuatorSettings.model_validate({**said, **more})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sshd")
    with sshd.serving(folder) as running:
        yield Server(folder, running.port)


@pytest.fixture(autouse=True)
def _forget(server: Server) -> None:
    server.log.unlink(missing_ok=True)


def run(
    server: Server, command: str, arguments: Mapping[str, str] | None = None, **more: object
) -> Outcome:
    assert SSH_COMMAND.outside is not None
    said = SshParameters(actuator="gw", command=command, arguments=dict(arguments or {}))
    with means(server.folder, {"gw": server.actuator(**more)}) as ways:
        return SSH_COMMAND.outside(errand(ways), said)


def undo(server: Server, outcome: Outcome) -> Outcome:
    assert SSH_COMMAND.undo_outside is not None
    with means(server.folder, {"gw": server.actuator()}) as ways:
        return SSH_COMMAND.undo_outside(errand(ways), dict(outcome.undo))


def test_it_is_once_and_needs_people() -> None:
    assert SSH_COMMAND.guarantee is Guarantee.ONCE
    assert SSH_COMMAND.needs_approval


def test_a_command_runs_and_its_inverse_takes_it_back(server: Server) -> None:
    outcome = run(server, "block", ADDRESS)
    assert outcome.outputs == {"exit_code": "0", "output": ""}
    assert server.log.read_text() == "add 198.51.100.23\n"
    undo(server, outcome)
    assert server.log.read_text() == "add 198.51.100.23\ndel 198.51.100.23\n"


def test_no_word_means_anything_to_the_remote_shell(server: Server) -> None:
    outcome = run(server, "print", {"user": "deploy", "domain": "Bad.example.org"})
    assert outcome.outputs["output"] == "$(id)|a b;c|'|deploy|bad.example.org|"


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("block", {"address": "198.51.100.23; id"}),
        ("block", {"address": "-oProxyCommand=id"}),
        ("block", {}),
        ("block", {**ADDRESS, "user": "root"}),
        ("print", {"user": "$(id)", "domain": "example.org"}),
        ("print", {"user": "deploy", "domain": "a b"}),
        ("odd", {"path": "/etc/passwd"}),
        ("rm", {}),
    ],
)
def test_what_is_not_on_the_list_or_does_not_fit_is_refused(
    server: Server, command: str, arguments: dict[str, str]
) -> None:
    with pytest.raises(Malformed):
        run(server, command, arguments)
    assert not server.log.exists()


def test_what_cannot_be_taken_back_is_not_run(server: Server) -> None:
    with pytest.raises(Malformed, match="no inverse"):
        run(server, "alone")


def test_it_is_off_by_default(server: Server) -> None:
    with pytest.raises(Malformed, match="not enabled"):
        run(server, "block", ADDRESS, enabled=False)
    assert ActuatorSettings(type="ssh").enabled is False


@pytest.mark.parametrize(
    "lacking",
    [{"known_hosts": None}, {"key_file": None}, {"user": ""}, {"host": ""}, {"host": "-x"}],
)
def test_an_actuator_that_lacks_something_is_refused(
    server: Server, lacking: dict[str, object]
) -> None:
    with pytest.raises(Malformed):
        run(server, "block", ADDRESS, **lacking)


def test_output_is_kept_up_to_a_bound(server: Server) -> None:
    outcome = run(server, "flood")
    assert len(str(outcome.outputs["output"])) == OUTPUT_OCTETS


def test_a_command_that_fails_is_refused_and_not_in_doubt(server: Server) -> None:
    with pytest.raises(Refused, match="ended with 3"):
        run(server, "fail")
    assert server.log.read_text() == "ran\n"


def test_a_host_with_another_key_gets_nothing(server: Server, tmp_path: pathlib.Path) -> None:
    kind, text, _ = sshd.key_pair(tmp_path / "other").split(" ", 2)
    (tmp_path / "known").write_text(f"[127.0.0.1]:{server.port} {kind} {text}\n")
    with pytest.raises(Unavailable, match=r"[Hh]ost key"):
        run(server, "block", ADDRESS, known_hosts=tmp_path / "known")
    assert not server.log.exists()


def test_a_host_that_nobody_knows_gets_nothing(server: Server, tmp_path: pathlib.Path) -> None:
    (tmp_path / "known").write_text("")
    with pytest.raises(Unavailable):
        run(server, "block", ADDRESS, known_hosts=tmp_path / "known")
    assert not server.log.exists()
    assert (tmp_path / "known").read_text() == ""


def test_a_key_that_is_not_taken_and_a_port_where_nobody_is_are_unavailable(
    server: Server, tmp_path: pathlib.Path
) -> None:
    sshd.key_pair(tmp_path / "stranger")
    with pytest.raises(Unavailable, match="denied"):
        run(server, "block", ADDRESS, key_file=tmp_path / "stranger")
    with socket.create_server(("127.0.0.1", 0)) as one:
        free = one.getsockname()[1]
    with pytest.raises(Unavailable):
        run(server, "block", ADDRESS, port=free)
    assert not server.log.exists()


def test_a_command_whose_connection_is_cut_is_in_doubt(server: Server) -> None:
    with pytest.raises(Unsure):
        run(server, "cut")
    assert server.log.read_text() == "began\n"


def test_what_does_not_end_in_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_command, "SECONDS", 0.3)
    ended = ssh_command._called(["/bin/sh", "-c", "exec sleep 60"])  # noqa: SLF001 - no server is slow at will
    assert ended.code is None


def test_the_client_is_given_a_vector_and_trusts_nothing_of_this_machine(server: Server) -> None:
    settings = server.actuator()
    words = client_words(settings, words_of(settings, "block", ADDRESS))
    assert words[1:3] == ["-F", "none"]
    assert {
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=yes",
        "-oIdentityAgent=none",
        "-oIdentitiesOnly=yes",
        "-oForwardAgent=no",
        "-oClearAllForwardings=yes",
        "-oProxyCommand=none",
        f"-oUserKnownHostsFile={settings.known_hosts}",
        "-oGlobalKnownHostsFile=none",
    } <= set(words)
    assert words[-3:-1] == ["--", "127.0.0.1"]


def test_the_approver_reads_command_and_inverse(server: Server, either_state: StateStore) -> None:
    given = SshParameters(actuator="gw", command="block", arguments=ADDRESS)
    with either_state.reading() as session:
        seen = scene(session, {}, actuators={"gw": server.actuator()})
        read = SSH_COMMAND.intend(seen, given)
        assert read.command.startswith(f"ssh {getpass.getuser()}@127.0.0.1 /bin/sh -c")
        assert read.command.endswith("198.51.100.23")
        assert "del $0" in read.undo.en
        assert SSH_COMMAND.presumed is not None
        assert SSH_COMMAND.presumed(seen, given).undo == run(server, "block", ADDRESS).undo
        own = given.model_copy(update={"arguments": {"address": "10.20.0.53"}})
        with pytest.raises(Refusal):
            SSH_COMMAND.intend(seen, own)
        with pytest.raises(Malformed, match="the settings name no SSH"):
            SSH_COMMAND.intend(scene(session, {}), given)
