"""What each playbook of the library is for: the alerts that start it, and what has to follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from situation.state.tables import Alert
from tests.playbooks.intrusion import FRONT_END, WORKSTATION, alert

FAR = "198.51.100.23"
BAD_DOMAIN = "login-shenzhen-gov.example"
OUTBOUND = {"source_ip": WORKSTATION, "destination_ip": FAR, "host_ip": WORKSTATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Alerts of one incident, what people answer, and what the run has to have done.

    `answers` are by the first words of a task's Chinese title. `did` are actions that were
    performed, `kept_out` targets that were blocked or sinkholed meanwhile.
    """

    alerts: Callable[[], tuple[Alert, ...]]
    answers: Mapping[str, str] = field(default_factory=dict)
    did: frozenset[str]
    kept_out: frozenset[str] = frozenset()
    not_done: frozenset[str] = frozenset()


def _one(category: str, technique: str, **more: object) -> Callable[[], tuple[Alert, ...]]:
    return lambda: (alert(category, 0, severity=3, technique=technique, **more),)


SCENARIOS: Mapping[str, Scenario] = {
    "port-scan-digest": Scenario(
        alerts=_one("scan", "T1046", detector="port_scan"),
        did=frozenset({"enrich", "store_query", "mail"}),
        not_done=frozenset({"block_address"}),
    ),
    "guessed-password": Scenario(
        alerts=_one("guessing_success", "T1110.001", detector="guessing"),
        did=frozenset({"enrich", "packet_slice", "block_address", "draft_notice", "manual_task"}),
        kept_out=frozenset({"203.0.113.77/32"}),
        not_done=frozenset({"open_rectification"}),
    ),
    "web-shell": Scenario(
        alerts=_one("web_attack_success", "T1190", detector="web_attack"),
        did=frozenset({"packet_slice", "block_address", "draft_notice", "open_rectification"}),
        kept_out=frozenset({"203.0.113.77/32"}),
    ),
    "ransomware": Scenario(
        alerts=_one("encryption", "T1486", indicators={"domain": BAD_DOMAIN}, **OUTBOUND),
        did=frozenset(
            {
                "manual_task",
                "block_address",
                "sinkhole_domain",
                "draft_notice",
                "open_rectification",
            }
        ),
        kept_out=frozenset({f"{FAR}/32", BAD_DOMAIN}),
    ),
    "denial-of-service": Scenario(
        alerts=_one("flood", "T1498"),
        did=frozenset({"manual_task", "block_address", "draft_notice", "store_query", "mail"}),
        kept_out=frozenset({"203.0.113.77/32"}),
    ),
    "data-leak": Scenario(
        alerts=_one("upload", "T1048", **OUTBOUND),
        answers={"与单位核实": "是"},
        did=frozenset({"enrich", "packet_slice", "block_address", "draft_notice", "manual_task"}),
        kept_out=frozenset({f"{FAR}/32"}),
    ),
    "phishing": Scenario(
        alerts=_one("phishing_mail", "T1566", indicators={"domain": BAD_DOMAIN}, **OUTBOUND),
        did=frozenset({"sinkhole_domain", "store_query", "draft_notice", "manual_task"}),
        kept_out=frozenset({BAD_DOMAIN}),
        not_done=frozenset({"open_rectification"}),
    ),
    "mining": Scenario(
        alerts=_one("mining_pool", "T1496", indicators={"domain": BAD_DOMAIN}, **OUTBOUND),
        did=frozenset({"block_address", "sinkhole_domain", "draft_notice", "open_rectification"}),
        kept_out=frozenset({f"{FAR}/32", BAD_DOMAIN}),
        not_done=frozenset({"mail"}),
    ),
    "iot-botnet": Scenario(
        alerts=_one("bot", "T1568", **OUTBOUND),
        did=frozenset({"store_query", "block_address", "draft_notice", "open_rectification"}),
        kept_out=frozenset({f"{FAR}/32"}),
    ),
    "web-defacement": Scenario(
        alerts=_one("defacement", "T1491", host_ip=FRONT_END),
        answers={"截图": "是"},
        did=frozenset({"manual_task", "block_address", "draft_notice", "open_rectification"}),
        kept_out=frozenset({"203.0.113.77/32"}),
    ),
    "secret-mark": Scenario(
        alerts=_one(
            "secret_mark", "T1005", source_ip=None, destination_ip=None, host_ip=WORKSTATION
        ),
        answers={"到场": "属实"},
        did=frozenset({"manual_task", "raise_grade"}),
        not_done=frozenset({"packet_slice", "open_rectification"}),
    ),
}
"""One scenario for each playbook that comes along."""
