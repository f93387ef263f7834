"""What can be set about the meter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSettings:
    """Timeouts and bounds of the meter. Times are seconds of packet time.

    The timeouts follow Zeek's inactivity intervals; the active timeout cuts long flows into
    interim records as IPFIX exporters do (RFC 5470, section 5.1.1).
    """

    tcp_idle_seconds: float = 300.0
    udp_idle_seconds: float = 60.0
    other_idle_seconds: float = 60.0
    """For ICMP and every other IP protocol."""
    linger_seconds: float = 5.0
    """How long a closed TCP flow waits for stragglers of its teardown."""
    active_seconds: float = 300.0
    max_flows: int = 1_000_000
    """Flows alive at the same time; beyond it the one that was quiet longest is evicted."""
    batch_rows: int = 50_000
    """Flow rows, or DNS rows, after which a batch is handed over."""
    payloads: int = 8
    """First payload packets of each TCP or UDP flow that are kept for the parsers; 0 keeps none."""
    messages: int = 64
    """The same, of each flow record, where a port says that message follows message, as in mDNS;
    what comes beyond is metered and noted as `messages_beyond_limit`."""
    commands: int = 65_535
    """The same where what matters may come late, as the commands of industrial protocols in
    connections that last for days, or lies in the number, as where DNS is a tunnel."""
    vlan_in_key: bool = True
    """Whether packets of different VLANs are different flows."""
    tunnel_in_key: bool = True
    """The same for virtual networks, such as those of VXLAN."""
    part: int = 0
    """Number of the part of a capture that is metered. Behind the first one a TCP flow is cut
    wherever an earlier part may have ended it, so that `sensors.frame.merging` can put the parts
    together; flows of each part have numbers of their own."""


DEFAULT_SETTINGS = MeterSettings()
