"""From the settings to inputs: everything is checked and opened before anything starts."""

import functools
import pathlib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sensors.input.counters import Counters
from sensors.input.file.following import Follower
from sensors.input.file.roll import file_paths
from sensors.input.network.connection import Connections
from sensors.input.network.datagram import Datagrams
from sensors.input.network.encryption import server_context
from sensors.input.network.flow_export import FlowExports
from sensors.input.network.gathering import Gathering
from sensors.input.network.listening import listener, receiver
from sensors.input.push import Push
from sensors.input.reading import Reading
from sensors.input.supervision import Input
from sensors.log.catalogue import KINDS, SYSLOG, kinds_named
from sensors.log.kind import LogKind, SourceRules
from sensors.log.recognition import recognised
from sensors.log.timestamp import zone_named
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.netflow.warming import warm
from sensors.record import Outlet
from sensors.wire.capturing import Capturing
from sensors.wire.plan import Plan, plan_of
from sensors.wire.segment import SEGMENTS
from situation.assets import Assets
from situation.clock import Clock
from situation.faults import Malformed, Misconfigured
from situation.settings import InputSettings

SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Parts:
    """What all inputs share."""

    outlet: Outlet
    clock: Clock
    assets: Assets
    observer: str
    meter: MeterSettings = DEFAULT_SETTINGS
    folder: pathlib.Path = pathlib.Path()
    """Folder of the stores, for the first packets of captured flows."""
    captures: Mapping[str, Plan] = field(default_factory=dict)
    """Captures that have begun, by the name of their input."""


@dataclass(frozen=True, slots=True)
class Door:
    """A socket that the pushes of one or several inputs come in by."""

    listener: socket.socket
    tls: tuple[str, str] | None
    """Files of certificate and key; None for plain HTTP."""
    pushes: dict[str, Push] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """Inputs that are ready to run."""

    makers: dict[str, Callable[[], Input]] = field(default_factory=dict)
    doors: dict[tuple[str, int], Door] = field(default_factory=dict)
    """By the address of the settings. Who knows HTTP makes inputs of them."""
    counters: dict[str, Counters] = field(default_factory=dict)
    addresses: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where an input that listens does so, address and port, by its name."""
    warnings: list[str] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)

    def close(self) -> None:
        """Let go of the sockets."""
        for opened in self.sockets:
            opened.close()


def open_inputs(inputs: Mapping[str, InputSettings], parts: Parts) -> Opened:
    """Open all inputs; raise `Misconfigured` with the faults of all of them.

    A pattern that matches no file is a warning: its files may come later.
    """
    opened, faults = Opened(), list[str]()
    for name, one in inputs.items():
        where = f"inputs.{name}"
        opened.counters[name] = Counters()
        try:
            reading = _reading(name, one, parts)
            _OPENING[one.type](opened, name, one, reading, parts)
        except (Misconfigured, Malformed) as fault:
            faults.append(str(fault) if fault.where.startswith(where) else f"{where}: {fault}")
    if faults:
        opened.close()
        raise Misconfigured.listing(faults, where="settings")
    return opened


def recognise(head: Sequence[str], *, kinds: Sequence[LogKind] = KINDS) -> LogKind:
    """Return the kind of a stream by its first lines.

    Where they are like none it is syslog, or the first of the kinds of its product.
    """
    guess = recognised(head, kinds)
    return guess.kind if guess else SYSLOG if kinds is KINDS else kinds[0]


def _reading(name: str, settings: InputSettings, parts: Parts) -> Reading:
    kinds = _kinds(name, settings)
    kind = kinds[0] if len(kinds) == 1 else None
    try:
        zone = zone_named(settings.zone)
    except ValueError as error:
        raise Misconfigured(str(error), where=f"inputs.{name}") from error
    rules = SourceRules(zone=zone, year=settings.year, options=settings.options)
    if kind is not None:
        kind.parser(rules)
    return Reading(
        source=name,
        observer=parts.observer,
        assets=parts.assets,
        recognise=functools.partial(recognise, kinds=kinds),
        kind=kind,
        rules=rules,
        encoding=settings.encoding,
        oldest_days=settings.oldest_days,
    )


def _kinds(name: str, settings: InputSettings) -> Sequence[LogKind]:
    if not settings.kind or settings.type == "netflow":
        return KINDS
    kinds = kinds_named(settings.kind)
    if len(kinds) > 1 and settings.type != "file":
        known = ", ".join(kind.name for kind in kinds)
        raise Misconfigured(f"name one of {known}", where=f"inputs.{name}.kind")
    return kinds


def _open_files(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    if not settings.paths:
        raise Misconfigured("paths is needed: which files to follow", where=f"inputs.{name}")
    opened.warnings += [
        f"inputs.{name}: {pattern} matches no file yet"
        for pattern in settings.paths
        if not file_paths([pattern])
    ]
    opened.makers[name] = lambda: Follower(
        reading,
        settings.paths,
        parts.outlet,
        parts.clock,
        start=settings.start,
        counters=opened.counters[name],
    )


def _open_syslog(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    where = f"inputs.{name}"
    kind = reading.kind or SYSLOG
    tls = _tls(settings, where) if settings.transport == "tls" else None
    datagrams = settings.transport == "udp"
    bound = (receiver if datagrams else listener)(settings.host, settings.port, where=where)
    opened.sockets.append(bound)
    opened.addresses[name] = _address(bound)

    def make() -> Input:
        counters = opened.counters[name]
        gathering = Gathering(reading, kind, parts.outlet, parts.clock, counters)
        if datagrams:
            return Datagrams(bound, gathering, is_text=True)
        return Connections(bound, gathering, tls)

    opened.makers[name] = make


def _open_netflow(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    warm()
    bound = receiver(settings.host, settings.port, where=f"inputs.{name}")
    opened.sockets.append(bound)
    opened.addresses[name] = _address(bound)
    opened.makers[name] = lambda: Datagrams(
        bound,
        FlowExports(reading, parts.outlet, parts.clock, opened.counters[name]),
        is_text=False,
    )


def _open_http(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    where = f"inputs.{name}"
    key = _key(settings, where)
    files = None
    if settings.certificate or settings.key:
        _tls(settings, where)
        files = (str(settings.certificate), str(settings.key))
    door = opened.doors.get((settings.host, settings.port)) if settings.port else None
    if door is None:
        door = Door(listener(settings.host, settings.port, where=where), files)
        opened.sockets.append(door.listener)
        opened.doors[settings.host, _address(door.listener)[1]] = door
    if door.tls != files:
        raise Misconfigured("another input on the same port has another certificate", where=where)
    opened.addresses[name] = _address(door.listener)
    door.pushes[name] = Push(reading, key, parts.outlet, parts.clock, opened.counters[name])


def _open_packets(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    plan = parts.captures.get(name) or plan_of(
        name, settings, observer=parts.observer, meter=parts.meter, folder=parts.folder
    )
    capturing = Capturing(
        plan, parts.outlet, parts.clock, reading.assets, counters=opened.counters[name]
    )
    # It goes on with its counts where it is started again.
    opened.makers[name] = lambda: capturing


def _open_captures(
    opened: Opened, name: str, settings: InputSettings, reading: Reading, parts: Parts
) -> None:
    if not settings.paths:
        raise Misconfigured("paths is needed: which folders to watch", where=f"inputs.{name}")

    def make() -> Input:
        # A sensor without captures in files does not load the meter.
        from sensors.input.capture.watching import Watch, Watching  # noqa: PLC0415

        watch = Watch(
            name=name,
            paths=settings.paths,
            observer=parts.observer,
            meter=parts.meter,
            segments=parts.folder / SEGMENTS / name if settings.kept_mib else None,
            segments_mib=settings.kept_mib,
        )
        return Watching(watch, parts.outlet, reading.assets, counters=opened.counters[name])

    opened.makers[name] = make


def _address(bound: socket.socket) -> tuple[str, int]:
    host, port = bound.getsockname()[:2]
    return host, port


def _tls(settings: InputSettings, where: str) -> ssl.SSLContext:
    return server_context(settings.certificate, settings.key, settings.client_ca, where=where)


def _key(settings: InputSettings, where: str) -> str:
    if settings.api_key_file is None:
        raise Misconfigured("api_key_file is needed for http", where=where)
    try:
        key = settings.api_key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"api_key_file cannot be read: {error}", where=where) from error
    if len(key) < SHORTEST_KEY:
        raise Misconfigured(
            f"api_key_file: the key has fewer than {SHORTEST_KEY} characters", where=where
        )
    return key


_OPENING = {
    "file": _open_files,
    "syslog": _open_syslog,
    "http": _open_http,
    "netflow": _open_netflow,
    "packet": _open_packets,
    "captures": _open_captures,
}
