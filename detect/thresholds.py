"""Thresholds of the detectors: one row of figures each, with where they come from.

Marks: (E) Elastic's prebuilt rules, (Z) Zeek and its scan packages, (S) Slips, (R) RITA,
(W) Wazuh, (M) measured for this project on the public captures and on synthetic matrices.
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
