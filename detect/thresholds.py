"""Thresholds of the detectors: one row of figures each, with where they come from.

Marks: (E) Elastic's prebuilt rules, (Z) Zeek and its scan packages, (S) Slips, (R) RITA,
(W) Wazuh, (T) Maltrail, (M) measured for this project on the public captures and on synthetic
matrices, (J) judged, not measured: no peer's figure was at hand.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PortScan:
    """Ports of one host that one source tried in vain (ATT&CK T1046).

    E asks for 50 ports a minute, S for 5 an hour; at 20 a minute or 30 an hour the samples with
    20 and 44 ports and slow scans are found, while an exposed server showed only real scanners
    (M). The re-alert is one claim per source and hour.
    """

    ports_a_minute: int = 20
    ports_an_hour: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Hosts of one port that one source tried in vain (ATT&CK T1018).

    Z asks for 25 hosts in 15 minutes and for fewer where dark space is hit; a sample of 24 hosts
    needs 20 (M), of which a bot that speaks HTTP met only 10 in vain, while ordinary clients meet
    few: so a high share in vain lowers the bar, too. Dark space is the unassigned part of the own
    plan, where nobody has a reason to knock.
    """

    hosts: int = 20
    lowered_hosts: int = 10
    dark_hosts: int = 3
    share_in_vain: float = 0.3
    """Of at least `hosts` hosts met on that port, the share in vain that lowers the bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessing:
    """Short alike sessions at a login service (ATT&CK T1110.001).

    Z alerts at 30 failures in 30 minutes, W at 8 in 2 minutes, S at 9; sessions from flows do not
    show the refusal, hence 20 in an hour (M). A success needs fewer tries before it, since the
    sequence says more than the count: a session of the same pair that is several times longer and
    larger than the tries.
    """

    tries: int = 20
    tries_before_success: int = 10
    memory: dt.timedelta = dt.timedelta(hours=1)
    alike: float = 0.25
    """Median deviation of the tries' payload as a share of their median, at most."""
    success_times_octets: float = 2.0
    success_times_seconds: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginService:
    """A service that is guessed at: the shape of a session that was refused."""

    name: str
    ports: tuple[int, ...]
    try_seconds: float
    try_octets: int


LOGIN_SERVICES = (
    LoginService(name="SSH", ports=(22, 2222), try_seconds=30, try_octets=12_000),
    LoginService(name="RDP", ports=(3389,), try_seconds=30, try_octets=20_000),
    LoginService(name="Telnet", ports=(23, 2323), try_seconds=60, try_octets=2_000),
)
"""A refused SSH session has keys and one or a few passwords, 4 to 8 kB; RDP negotiates TLS and
CredSSP, up to 15 kB; telnet has a prompt or two (M)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsTunnel:
    """Distinct sub-domains that one client asks of one registered domain (ATT&CK T1071.004).

    R starts at 100 a day; 10 in 60 s find six of six tunnels within seconds at 7 false windows
    in 13 hours, 20 in 60 s none (M). A tunnel that waits asks short names (14 characters, M), but
    of types whose answers carry data; content networks and antivirus look-ups ask for addresses,
    with names as long as a hash, from many clients. So the bars differ by type, and 30 an hour
    find a tunnel that was thinned to a question every 30 seconds (M).
    """

    names_a_minute: int = 10
    names_an_hour: int = 30
    length: float = 10.0
    """Mean length of the sub-domains, in characters."""
    carrier_types: tuple[str, ...] = ("TXT", "NULL", "KEY", "CNAME", "MX", "SSHFP")
    """Record types whose answers carry data and that few programs ask for."""
    carrier_share: float = 0.3
    plain_factor: int = 5
    """How many times more names are needed where nearly all ask for addresses."""
    plain_length: float = 30.0
    many_clients: int = 4
    """Clients from which a domain with address questions alone counts as a service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """Regular calls of one host to one outside destination (ATT&CK T1071.001).

    R averages four sub-scores, so that a variable size hides a regular clock; here timing decides
    and size only adds. `p_value` is the tail of the Bartlett-Moran statistic of the intervals
    under Poisson arrivals (Moran 1951; Bartlett 1937): at 0.005 and 24 contacts it finds 99 % of
    clocks with 80 % jitter (M). `unevenness` keeps very long series, where any deviation is
    significant, to those that look like a clock: it is 0.58 for Poisson arrivals, 0.14 at 80 %
    jitter. Prevalence and first contact follow R (2 % of hosts; small nets need a few hosts).
    """

    contacts: int = 10
    span: dt.timedelta = dt.timedelta(hours=1)
    p_value: float = 0.005
    unevenness: float = 0.35
    burst_seconds: float = 2.0
    """Contacts closer than this are one beat."""
    shortest_seconds: float = 20.0
    """Median interval from which a series counts as a beacon."""
    outage: float = 10.0
    """Intervals longer than so many medians are nights and outages, and left out."""
    prevalence: float = 0.05
    prevalence_hosts: int = 3
    new_after: dt.timedelta = dt.timedelta(hours=1)
    """A destination first met so long after the data begin is new for the city."""
    udp_services: tuple[int, ...] = (53, 67, 68, 123, 137, 138, 1900, 5353)
    """UDP services that are regular by nature, or that are judged by their content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Octets to one outside destination in an hour (ATT&CK T1048).

    S alerts at 100 to 500 MB an hour whoever sends; here 100 MB is only the floor, and the host
    must exceed its own usual and its peers.
    """

    octets: int = 100_000_000
    times_usual: float = 5.0
    times_peers: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairHour:
    """The model over host, destination and port by the hour (ATT&CK T1571).

    IsolationForest with its usual 256 samples found nothing at a usable budget, with 4,096 it
    found 44 % (M); 1 % of contaminated training halves the recall (M), so the fit is trimmed by
    its worst 1 %. It is fitted on the older part of the past, calibrated on the newer part, and
    never sees the hour that it scores. The threshold is a budget of alarms a day, not a score.
    """

    history_rows: int = 1000
    history_hours: int = 4
    samples: int = 4096
    trees: int = 100
    training_rows: int = 10_000
    calibration_share: float = 0.4
    trimmed: float = 0.01
    kept_variance: float = 0.9
    tail: float = 0.05
    """Share of the calibration rows from which the tail beyond them is fitted."""
    alarms_a_day: float = 4.0
    seed: int = 20260303


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGuessing:
    """Refused logins of one source at one host, as a log tells them (ATT&CK T1110.001).

    W alerts at 8 in 2 minutes, S at 9, Z at 30 in 30 minutes. A log shows the refusal, so W's
    bar stands for a burst; slow guessing needs the 20 an hour of `Guessing`. A success after 8
    refusals within the hour is told whatever their pace, as E's sequence rules do.
    """

    tries_in_burst: int = 8
    burst: dt.timedelta = dt.timedelta(minutes=2)
    tries: int = 20
    tries_before_success: int = 8
    memory: dt.timedelta = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spraying:
    """Accounts at which one source was refused within an hour (ATT&CK T1110.003).

    Ten are more than one person has; three tries each are what a lock-out leaves room for; a
    desk that many people share logs in more often than it is refused (J).
    """

    accounts: int = 10
    tries_an_account: float = 3.0
    share_refused: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGuessing:
    """Sources that were refused at one account of one host within an hour (ATT&CK T1110.001).

    A person logs in from a desk, a phone and a home: ten are more (J). Where so many come every
    hour it is the noise of the Internet at a known name, and only a success is told.
    """

    sources: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAttack:
    """Requests of one client at one web server that carry signatures (ATT&CK T1190).

    The weights stand with the signatures: three points are one request that nobody sends by
    honest means, or several that some do. The cap keeps one odd but honest link, clicked over and
    over, from adding up. A page is alone where one client has asked it and others have been at
    the server (J).
    """

    points: int = 3
    targets_that_count: int = 3
    """Distinct targets of one signature that add points, at most."""
    other_clients: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedBrowsing:
    """Paths that one client alone asked for in vain at one server (ATT&CK T1595.003).

    T counts 10 distinct paths with errors. Broken pages and stale links are asked for by many,
    so only paths count that nobody else asked for; crawlers go slowly, tools ask 20 a minute (J).
    """

    paths_a_minute: int = 20
    paths_an_hour: int = 60
    statuses: tuple[int, ...] = (400, 401, 403, 404, 405, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerErrors:
    """Answers 5xx of one server in its worst five minutes (ATT&CK T1499).

    Fifty are more than a restart gives; the server must exceed its own usual hour (J). One
    client that causes half of them is its reason, else it is an outage.
    """

    errors: int = 50
    span: dt.timedelta = dt.timedelta(minutes=5)
    times_usual: float = 5.0
    share_of_one_client: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSilence:
    """A source of logs that was regular and stopped while others went on (ATT&CK T1562).

    E has jobs for low counts of a host's events; here the source's own long gaps of the last
    hours decide, six times over, so that a source of any pace is judged by itself: at three times
    the noon of a web site with few visitors was told (M). The quantile leaves out an outage of
    before. The floor is what a restart with updates takes. A
    source that may be silent for longer than the ceiling is not regular, and nothing is said of
    it.
    """

    events: int = 30
    span: dt.timedelta = dt.timedelta(hours=1)
    """Time that the events of a regular source cover at least."""
    memory: dt.timedelta = dt.timedelta(hours=8)
    long: float = 0.98
    """Quantile of the gaps that is called a long one."""
    times_long_gap: float = 6.0
    floor: dt.timedelta = dt.timedelta(minutes=30)
    ceiling: dt.timedelta = dt.timedelta(hours=3)
    share_alive: float = 0.8
    """Share of the silence's ten minutes in which others wrote; else the sensor was away."""
    habit: dt.timedelta = dt.timedelta(days=1)
    """Silent at the same time so long ago, too: closing time, not a fault."""
