"""Ports that servers listen on, as far as they tell who began."""

import numpy as np
import numpy.typing as npt

_PORTS = 65_536

SERVERS = (
    21, 22, 23, 25, 43, 49, 53, 67, 69, 79, 80, 88, 102, 110, 111, 119, 123, 135, 137, 139, 143,
    161, 162, 177, 179, 194, 389, 427, 443, 444, 445, 464, 465, 500, 502, 514, 515, 517, 523, 543,
    547, 548, 554, 587, 593, 623, 631, 636, 646, 691, 853, 860, 873, 902, 989, 990, 992, 993, 994,
    995, 1080, 1194, 1344, 1433, 1434, 1494, 1521, 1645, 1646, 1701, 1720, 1723, 1812, 1813, 1883,
    1900, 1911, 2049, 2123, 2152, 2222, 2375, 2379, 2404, 2483, 3128, 3260, 3268, 3269, 3306,
    3389, 3478, 3544, 3671, 3868, 4369, 4500, 4786, 4789, 4840, 4911, 5060, 5061, 5072, 5094,
    5222, 5269, 5353, 5355, 5432, 5601, 5632, 5671, 5672, 5683, 5684, 5900, 5938, 5984, 5985,
    5986, 6379, 6443, 6514, 6667, 7001, 8000, 8008, 8080, 8081, 8088, 8443, 8883, 8888, 9042,
    9092, 9100, 9200, 9300, 9418, 9600, 11211, 18245, 19132, 20000, 27017, 34964, 44818, 47808,
    50000, 55000, 61613,
)  # fmt: skip
"""Ports of services from IANA's registry that are seen in networks of cities: names, mail, web,
files, directories, databases, remote access, tunnels, telephony, industry."""


def server_ports() -> npt.NDArray[np.bool_]:
    """Return for each port whether servers listen on it."""
    servers = np.zeros(_PORTS, np.bool_)
    servers[list(SERVERS)] = True
    return servers
