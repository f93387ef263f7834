"""Frames for the tests of detectors: flows and DNS messages by hand, and captures metered."""

import datetime as dt
import functools
import ipaddress
import pathlib
import random
from collections.abc import Iterable, Sequence

import polars as pl

from detect.catalogue import DETECTORS
from detect.detector import Detector, Inspection, Windows
from detect.session import FLOW_ID, IN_PAYLOAD, OUT_PAYLOAD, SYN
from sensors.metering import Metering
from situation.assets import Asset, Assets, read_assets
from situation.events.dataset import LOG
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA, frame_schema
from soc_api.drills.host_log import log_batches
from soc_api.drills.scenario import read_scenario
from tests.testdata import ROOT

MORNING = dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)
OUTSIDER = "203.0.113.9"
INSIDER = "10.20.10.21"
NO_ASSETS = Assets([])

Row = dict[str, object]


def city() -> Assets:
    """Return the asset table of the scenarios."""
    return read_assets(ROOT / "pcaps" / "city.csv")


def flow(  # noqa: PLR0913 - a flow has these parts
    at: float,
    source: str,
    destination: str,
    port: int,
    *,
    transport: str = "tcp",
    seconds: float = 1.0,
    out: int = 500,
    back: int = 900,
    answered: bool = True,
    source_port: int = 40_000,
    flow_id: str = "",
    event_id: str = "",
) -> Row:
    """Return one record of a flow that began `at` seconds after `MORNING`."""
    start = MORNING + dt.timedelta(seconds=at)
    name = event_id or f"{at:.6f}-{source}-{source_port}-{destination}-{port}"
    return {
        "@timestamp": start,
        "event.id": name,
        "event.start": start,
        "event.end": start + dt.timedelta(seconds=seconds),
        "source.ip": source,
        "source.port": source_port,
        "destination.ip": destination,
        "destination.port": port,
        "network.transport": transport,
        "source.packets": 5,
        "destination.packets": 5 if answered else 0,
        OUT_PAYLOAD: out,
        IN_PAYLOAD: back if answered else 0,
        SYN: 1 if transport == "tcp" else 0,
        FLOW_ID: flow_id or name,
    }


def knock(at: float, source: str, destination: str, port: int, *, transport: str = "tcp") -> Row:
    """Return an attempt to which nothing was said."""
    return flow(
        at, source, destination, port, transport=transport, out=0, answered=False, seconds=0.0
    )


def flows(rows: Iterable[Row]) -> pl.DataFrame:
    """Return flow records as columns."""
    return pl.DataFrame(list(rows), schema=FLOW_SCHEMA)


def question(
    at: float, client: str, name: str, *, kind: str = "A", resolver: str = "10.20.0.53"
) -> Row:
    """Return one DNS question `at` seconds after `MORNING`."""
    labels = name.split(".")
    start = MORNING + dt.timedelta(seconds=at)
    return {
        "@timestamp": start,
        "event.id": f"{at:.6f}-{client}-{name}",
        "source.ip": client,
        "destination.ip": resolver,
        "dns.type": "query",
        "dns.question.name": name,
        "dns.question.type": kind,
        "dns.question.registered_domain": ".".join(labels[-2:]),
        "dns.question.subdomain": ".".join(labels[:-2]),
    }


def messages(rows: Iterable[Row]) -> pl.DataFrame:
    """Return DNS messages as columns."""
    return pl.DataFrame(list(rows), schema=DNS_SCHEMA)


LOG_COLUMNS = tuple(
    dict.fromkeys(
        name for detector in DETECTORS if detector.dataset == LOG for name in detector.columns
    )
)
"""All columns that the detectors of logs read."""

WEB_SERVER = "10.20.1.10"


def _event(at: float, name: str, host: str, source: str) -> Row:
    return {
        "@timestamp": MORNING + dt.timedelta(seconds=at),
        "event.id": f"{name}-{at:.6f}",
        "host.ip": host,
        "host.name": f"host-{host.rsplit('.', 1)[-1]}",
        "citywatch.log.source": source,
        "citywatch.log.peer": host,
    }


def login(
    at: float,
    source: str,
    host: str,
    account: str = "root",
    *,
    refused: bool = True,
    module: str = "sshd",
) -> Row:
    """Return a try to log in, `at` seconds after `MORNING`."""
    return {
        **_event(at, f"{source}-{account}", host, "auth"),
        "event.category": "authentication",
        "event.type": "start",
        "event.outcome": "failure" if refused else "success",
        "event.module": module,
        "source.ip": source,
        "user.name": account,
    }


def request(
    at: float,
    source: str,
    target: str,
    *,
    status: int = 200,
    method: str = "GET",
    agent: str = "Mozilla/5.0",
    referrer: str | None = None,
    account: str | None = None,
    host: str = WEB_SERVER,
) -> Row:
    """Return a request to a web server, `at` seconds after `MORNING`."""
    path, _, query = target.partition("?")
    return {
        **_event(at, f"{source}-{target[:40]}", host, "web"),
        "event.category": "web",
        "event.type": "access",
        "event.module": "nginx",
        "source.ip": source,
        "user.name": account,
        "http.request.method": method,
        "http.request.referrer": referrer,
        "http.response.status_code": status,
        "url.original": target,
        "url.path": path,
        "url.query": query or None,
        "user_agent.original": agent,
    }


def beat(at: float, host: str = WEB_SERVER, source: str = "syslog") -> Row:
    """Return an event that says no more than that its host writes logs."""
    return _event(at, f"{source}-{host}", host, source)


def logs(rows: Iterable[Row]) -> pl.DataFrame:
    """Return log events as columns."""
    return pl.DataFrame(list(rows), schema=frame_schema(LOG_COLUMNS))


def windows_of(detector: Detector, frame: pl.DataFrame) -> Windows:
    """Return all windows of the detector in which the frame has rows."""
    every = f"{int(detector.window.total_seconds())}s"
    starts = frame["@timestamp"].dt.truncate(every).unique().sort()
    return Windows(tuple(starts), detector.window)


def inspect(
    detector: Detector,
    frame: pl.DataFrame,
    assets: Assets = NO_ASSETS,
    *,
    judged: Sequence[dt.datetime] | None = None,
) -> Inspection:
    """Let the detector judge all windows of the frame, or those given."""
    windows = windows_of(detector, frame)
    if judged is not None:
        windows = Windows(tuple(judged), detector.window)
    return detector.inspect(frame.select(*dict.fromkeys(detector.columns)), windows, assets)


def named(name: str) -> Detector:
    """Return a detector of the catalogue."""
    return next(detector for detector in DETECTORS if detector.name == name)


@functools.cache
def metered(path: pathlib.Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return flows and DNS messages of a capture."""
    batches = list(Metering([path], observer="test").batches())
    return pl.concat([one.flows for one in batches]), pl.concat([one.dns for one in batches])


@functools.cache
def logged(name: str) -> pl.DataFrame:
    """Return the events of the logs of a scenario, with all columns that the detectors read."""
    described = read_scenario(ROOT / "pcaps", name)
    received = MORNING + dt.timedelta(days=1)
    frames = [
        frame
        for log in described.logs
        for _, frame in log_batches(log, city(), received, observer="test")
    ]
    return pl.concat([logs([]), *frames], how="diagonal")


def scenario(name: str, dataset: str) -> pl.DataFrame:
    """Return the flows, the DNS messages or the log events of a scenario."""
    if dataset == LOG:
        return logged(name)
    pair = metered(ROOT / "pcaps" / name / "capture.pcap")
    return pair[0] if dataset == "flow" else pair[1]


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the rows in another order."""
    order = list(range(frame.height))
    random.Random(seed).shuffle(order)  # noqa: S311 - a seeded order for a test
    return frame[order]


def asset(network: str, role: str, *, level: int | None = 2, cii: bool = False) -> Asset:
    """Return an asset with a role."""
    return Asset(
        range=ipaddress.ip_network(network),
        name=f"{role} {network}",
        department="示例局",
        district="市本级",
        contact="值班室",
        protection_level=level,
        cii=cii,
        role=role,
    )
