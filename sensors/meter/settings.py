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
    dns_port: int = 53
    dns_messages: int = 64
    """Payload packets of one flow record on the DNS port that are kept for the parser; what comes
    beyond is metered and noted as `dns_beyond_limit`."""


DEFAULT_SETTINGS = MeterSettings()
