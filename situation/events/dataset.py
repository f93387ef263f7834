"""Names of the datasets; a drill's lie apart under its own id."""

FLOW = "flow"
DNS = "dns"
PROTOCOL = "protocol"
"""Messages of application protocols that the packet sensor read: http, tls, ssh, modbus ..."""
LOG = "log"
ALERT = "alert"
FINDING = "finding"
"""What an alert of the classified-data scan names as its evidence: findings, which are rows of
the desk and no events."""

DRILL_PREFIX = "drill-"
"""Every drill id, and so every dataset of a drill, begins with it."""


def dataset_of(name: str, drill_id: str | None) -> str:
    """Return the dataset `name` of the city, or of the drill `drill_id`."""
    return f"{drill_id}-{name}" if drill_id else name
