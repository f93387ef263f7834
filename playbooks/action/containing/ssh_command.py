"""ssh_command: one command of an allow-list on another machine, by the OpenSSH client.

Off unless the actuator says `enabled`. Nobody can be asked whether a command ran, so it is
never repeated. What the actuator names as its inverse takes it back; a command without one is
not run, as what contains must be able to end.
"""

import os
import pathlib
import re
import selectors
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from playbooks.action.action import (
    Action,
    Effect,
    Errand,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
    Unsure,
)
from playbooks.action.intent import Intent
from playbooks.action.parameter import NamedLine, taking
from playbooks.cacao.playbook import Words
from playbooks.measure.safety import guard_of, refuse_domain, refuse_network
from playbooks.measure.target import domain_of, network_of
from situation.faults import Malformed, Unavailable
from situation.settings import ActuatorSettings
from situation.state.columns import JsonObject

SECONDS = 60.0
"""How long a command may run."""
OUTPUT_OCTETS = 16_384
"""What is kept of its output; the rest is read and dropped."""
_PLACE = re.compile(r"\{([a-z_]+)\}")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_CONNECTION_FAILED = 255
_SENT = "Sending command"
"""What the client says at the log level DEBUG1 when it hands the command over."""
_OPTIONS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=none",
    "UpdateHostKeys=no",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ProxyCommand=none",
    "ControlMaster=no",
    "ControlPath=none",
    "RequestTTY=no",
    "SendEnv=-*",
    "ConnectTimeout=10",
    "ServerAliveInterval=10",
    "LogLevel=DEBUG1",
)


class SshParameters(Parameters):
    """Which command of which actuator. `arguments` fill {address}, {domain}, {user} in it."""

    actuator: NamedLine
    command: NamedLine
    arguments: Annotated[dict[str, NamedLine], Field(default_factory=dict, max_length=8)]


def _user(text: str) -> str:
    if not _USER.fullmatch(text):
        raise Malformed("is no user name", where="user")
    return text


def _address(text: str) -> str:
    network = network_of(text)
    is_single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if is_single else str(network)


_TYPES: Mapping[str, Callable[[str], str]] = {
    "address": _address,
    "domain": domain_of,
    "user": _user,
}
"""What may stand in a place of a command, by the name of the place."""


def words_of(
    settings: ActuatorSettings, command: str, arguments: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the words of a command of the allow-list with its places filled.

    Raise `Malformed` for a command that is not there, a place without a value or of no type,
    and a value that does not fit its place.
    """
    words = settings.commands.get(command)
    if words is None:
        raise Malformed("is not among the commands of the actuator", where=command)
    places = {name for word in words for name in _PLACE.findall(word)}
    if places != set(arguments):
        raise Malformed(f"takes {', '.join(sorted(places)) or 'no arguments'}", where=command)
    filled = {name: _typed(name, text) for name, text in arguments.items()}
    return tuple(_PLACE.sub(lambda found: filled[found[1]], word) for word in words)


def _typed(name: str, text: str) -> str:
    kind = _TYPES.get(name)
    if kind is None:
        raise Malformed(f"a place is one of {', '.join(_TYPES)}", where=name)
    return kind(text)


def client_words(settings: ActuatorSettings, words: Sequence[str]) -> list[str]:
    """Return the argument vector of the OpenSSH client; the remote shell gets quoted words."""
    options = [f"-o{one}" for one in (*_OPTIONS, f"UserKnownHostsFile={settings.known_hosts}")]
    program = shutil.which("ssh") or "/usr/bin/ssh"
    to = ["-i", str(settings.key_file), "-p", str(settings.port), "-l", settings.user]
    return [program, "-F", "none", *options, *to, "--", settings.host, shlex.join(words)]


def _intend(scene: Scene, given: SshParameters) -> Intent:
    settings = _actuator(scene.actuators, given.actuator)
    words = shlex.join(words_of(settings, given.command, given.arguments))
    inverse = shlex.join(words_of(settings, _inverse(settings, given.command), given.arguments))
    _refuse_own(scene, given.arguments)
    return Intent(
        command=f"ssh {settings.user}@{settings.host} {words}",
        what=Words(
            f"在 {settings.host} 上以 {settings.user} 执行 {words}",
            f"run {words} on {settings.host} as {settings.user}",
        ),
        how_long=Words("一直有效，直至撤销", "until it is taken back"),
        undo=Words(f"执行 {inverse}", f"run {inverse}"),
        touches=Words(settings.host, settings.host),
        unknown=("exit_code", "output"),
    )


def _refuse_own(scene: Scene, arguments: Mapping[str, str]) -> None:
    guard = guard_of(scene.plan, scene.assets, scene.points)
    if "address" in arguments:
        refuse_network(network_of(arguments["address"]), guard, private=True)
    if "domain" in arguments:
        refuse_domain(domain_of(arguments["domain"]), guard)


def _actuator(actuators: Mapping[str, ActuatorSettings], name: str) -> ActuatorSettings:
    settings = actuators.get(name)
    if settings is None or settings.type != "ssh":
        raise Malformed(f"the settings name no SSH actuator {name!r}", where="actuator")
    if not settings.enabled:
        raise Malformed("is not enabled", where=f"actuators.{name}")
    for key in ("host", "user", "key_file", "known_hosts"):
        if not getattr(settings, key):
            raise Malformed("is missing", where=f"actuators.{name}.{key}")
    if settings.host.startswith("-") or not _USER.fullmatch(settings.user):
        raise Malformed("host or user cannot be", where=f"actuators.{name}")
    return settings


def _inverse(settings: ActuatorSettings, command: str) -> str:
    inverse = settings.inverses.get(command)
    if inverse is None:
        raise Malformed("has no inverse among those of the actuator", where=command)
    return inverse


def _run(errand: Errand, given: SshParameters) -> Outcome:
    settings = _actuator(errand.means.actuators, given.actuator)
    inverse = _inverse(settings, given.command)
    # The inverse takes the same arguments; one that could not be run later is refused now.
    words_of(settings, inverse, given.arguments)
    outputs = _ran(settings, words_of(settings, given.command, given.arguments))
    return Outcome(
        outputs=outputs,
        undo=_undo(given, inverse),
        told=Words(f"{settings.host} 已执行 {given.command}", f"{settings.host} has run it"),
    )


def _undo(given: SshParameters, inverse: str) -> JsonObject:
    return {"actuator": given.actuator, "command": inverse, "arguments": dict(given.arguments)}


def _presumed(scene: Scene, given: SshParameters) -> Outcome:
    inverse = _inverse(_actuator(scene.actuators, given.actuator), given.command)
    return Outcome(undo=_undo(given, inverse))


def _take_back(errand: Errand, undo: JsonObject) -> Outcome:
    given = SshParameters.model_validate(undo)
    settings = _actuator(errand.means.actuators, given.actuator)
    outputs = _ran(settings, words_of(settings, given.command, given.arguments))
    return Outcome(outputs=outputs, told=Words(f"已执行 {given.command}", f"ran {given.command}"))


@dataclass(frozen=True, slots=True)
class _Ended:
    code: int | None
    """None where it did not end in time."""
    output: str
    told: str
    """What the client itself said."""


def _ran(settings: ActuatorSettings, words: Sequence[str]) -> JsonObject:
    ended = _called(client_words(settings, words))
    was_sent = _SENT in ended.told
    if not was_sent:
        # The remote side has got nothing yet, so nothing can have run.
        raise Unavailable(_last(ended.told) or "no connection", where=settings.host)
    if ended.code is None or ended.code == _CONNECTION_FAILED:
        raise Unsure(f"the connection to {settings.host} ended before the command did")
    if ended.code:
        raise Refused(f"the command ended with {ended.code} at {settings.host}")
    return {"exit_code": str(ended.code), "output": ended.output}


def _last(told: str) -> str:
    lines = [line for line in told.splitlines() if line and not line.startswith("debug1:")]
    return lines[-1][:200] if lines else ""


def _called(words: Sequence[str]) -> _Ended:
    environment = {"PATH": os.defpath, "LANG": "C"}
    try:
        process = subprocess.Popen(  # noqa: S603 - a vector of our own; the remote words are quoted
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=pathlib.Path("/"),
        )
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=words[0]) from error
    with process:
        end = time.monotonic() + SECONDS
        output, told = _read(process, end)
        code = _code(process, end)
    return _Ended(code, output, told)


def _read(process: "subprocess.Popen[bytes]", end: float) -> tuple[str, str]:
    """Return what came by the two ways out, each cut at its bound; stop at `end`."""
    kept: dict[int, bytearray] = {}
    with selectors.DefaultSelector() as ways:
        for stream in filter(None, (process.stdout, process.stderr)):
            kept[stream.fileno()] = bytearray()
            ways.register(stream, selectors.EVENT_READ)
        while ways.get_map() and time.monotonic() < end:
            for key, _ in ways.select(max(end - time.monotonic(), 0)):
                piece = os.read(key.fd, 65_536)
                if not piece:
                    ways.unregister(key.fileobj)
                kept[key.fd] += piece[: OUTPUT_OCTETS - len(kept[key.fd])]
    out, told = (bytes(one).decode("utf-8", "replace") for one in kept.values())
    return out, told


def _code(process: "subprocess.Popen[bytes]", end: float) -> int | None:
    try:
        return process.wait(max(end - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        process.kill()
        return None


SSH_COMMAND = Action(
    name="ssh_command",
    words=Words("远程命令", "SSH command"),
    effect=Effect.CONTAIN,
    guarantee=Guarantee.ONCE,
    parameters=SshParameters,
    outputs={"exit_code": "integer", "output": "string"},
    intend=taking(SshParameters, _intend),
    outside=taking(SshParameters, _run),
    undo_outside=_take_back,
    presumed=taking(SshParameters, _presumed),
    needs_approval=True,
)
