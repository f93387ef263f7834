"""Hosts of the invented city and of the world outside; `city.csv` says whose they are."""

from pcaps.traffic import Host

RESOLVER = Host("10.20.0.53")
SECOND_RESOLVER = Host("10.20.0.54")
RESOLVER_SIX = Host("fd00:20::53")
TIME_SERVER = Host("10.20.0.123")
MONITOR = Host("10.20.0.161")
BACKUP = Host("10.20.0.200")
PORTAL = Host("10.20.1.10")
EXCHANGE = Host("10.20.1.15")
BASTION = Host("10.20.1.21")
REMOTE_DESKTOP = Host("10.20.1.22", ttl=128)
MAIL = Host("10.20.1.25")
FILES = Host("10.20.2.11", ttl=128)
SOCIAL_INSURANCE = Host("10.20.2.12")
HEALTH_RECORDS = Host("10.20.2.13")
PATCHES = Host("10.20.2.14", ttl=128)
VIDEO = Host("10.20.31.10", vlan=31)

SERVERS = (
    RESOLVER, SECOND_RESOLVER, TIME_SERVER, BACKUP, PORTAL, EXCHANGE, BASTION, REMOTE_DESKTOP,
    MAIL, FILES, SOCIAL_INSURANCE, HEALTH_RECORDS, PATCHES,
)  # fmt: skip

WORKSTATIONS = tuple(
    Host(f"10.20.{subnet}.{20 + number}", vlan=subnet, ttl=128)
    for subnet, count in ((10, 14), (11, 12), (12, 12), (13, 8), (14, 10))
    for number in range(count)
)
SIX_WORKSTATIONS = tuple(
    Host(f"fd00:20:0:10::{20 + number:x}", vlan=10, ttl=128) for number in range(6)
)
CAMERAS = tuple(Host(f"10.20.30.{33 + number}", vlan=30) for number in range(16))

UPSTREAM_RESOLVER = Host("198.51.100.53", ttl=58)
UPSTREAM_TIME = Host("203.0.113.123", ttl=54)
PROVINCE = Host("198.51.100.10", ttl=59)

SITES = tuple(
    (f"www.{word}.example", Host(ip, ttl=52))
    for word, ip in (
        ("news-daily", "203.0.113.20"), ("city-map", "203.0.113.21"),
        ("weather-now", "203.0.113.22"), ("law-search", "203.0.113.23"),
        ("tender-board", "203.0.113.24"),
        ("train-times", "198.51.100.120"), ("office-forms", "198.51.100.121"),
        ("standards", "198.51.100.122"), ("dictionary", "198.51.100.123"),
        ("health-journal", "198.51.100.124"), ("school-books", "192.0.2.20"),
        ("water-data", "192.0.2.21"), ("road-works", "192.0.2.22"), ("job-market", "192.0.2.23"),
    )
)  # fmt: skip
"""Sites that people visit, by name."""

CONTENT_NETWORK = tuple(Host(f"192.0.2.{number}", ttl=55) for number in range(200, 206))
"""Edge servers that carry parts of many sites."""
MESSENGER = Host("203.0.113.80", ttl=55)
ANTIVIRUS = Host("192.0.2.90", ttl=55)
MEETING = Host("203.0.113.90", ttl=55)
SIX_SITE = Host("2001:db8:100::80", ttl=55)
VISITORS = tuple(Host(f"198.51.100.{number}", ttl=47) for number in range(150, 190))
OTHER_MAIL = tuple(Host(f"203.0.113.{number}", ttl=50) for number in range(130, 136))
