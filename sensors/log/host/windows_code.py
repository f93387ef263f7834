"""What Windows events are, by provider and number.

Source: the event descriptions of Microsoft's security auditing and of Sysmon. A logon that is
one try at a password or ticket is `start`; what only follows from a logon is `info`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SECURITY, EVENTLOG, SERVICES, SYSMON = "security", "eventlog", "services", "sysmon"

PROVIDERS: Mapping[str, str] = {
    "Microsoft-Windows-Security-Auditing": SECURITY,
    "Microsoft-Windows-Eventlog": EVENTLOG,
    "Service Control Manager": SERVICES,
    "Microsoft-Windows-Sysmon": SYSMON,
    "Linux-Sysmon": SYSMON,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event is in ECS; no outcome where the event itself tells it, or none."""

    category: str
    type: str
    action: str
    outcome: str | None = None


_AUTHENTICATION, _IAM, _PROCESS, _FILE = "authentication", "iam", "process", "file"
_REGISTRY, _NETWORK, _CONFIGURATION = "registry", "network", "configuration"

MEANINGS: Mapping[tuple[str, str], Meaning] = {
    (SECURITY, "4624"): Meaning(_AUTHENTICATION, "start", "logon", "success"),
    (SECURITY, "4625"): Meaning(_AUTHENTICATION, "start", "logon", "failure"),
    (SECURITY, "4634"): Meaning(_AUTHENTICATION, "end", "logoff", "success"),
    (SECURITY, "4647"): Meaning(_AUTHENTICATION, "end", "logoff", "success"),
    (SECURITY, "4648"): Meaning(_AUTHENTICATION, "start", "logon-explicit", "unknown"),
    (SECURITY, "4672"): Meaning(_AUTHENTICATION, "info", "logon-special", "success"),
    (SECURITY, "4740"): Meaning(_AUTHENTICATION, "info", "account-lockout"),
    (SECURITY, "4768"): Meaning(_AUTHENTICATION, "start", "kerberos-ticket"),
    (SECURITY, "4769"): Meaning(_AUTHENTICATION, "start", "kerberos-service-ticket"),
    (SECURITY, "4771"): Meaning(_AUTHENTICATION, "start", "kerberos-preauthentication", "failure"),
    (SECURITY, "4776"): Meaning(_AUTHENTICATION, "start", "credential-validation"),
    (SECURITY, "4688"): Meaning(_PROCESS, "start", "process-created"),
    (SECURITY, "4689"): Meaning(_PROCESS, "end", "process-exited"),
    (SECURITY, "4697"): Meaning(_CONFIGURATION, "creation", "service-installed"),
    (SECURITY, "4698"): Meaning(_CONFIGURATION, "creation", "task-created"),
    (SECURITY, "4699"): Meaning(_CONFIGURATION, "deletion", "task-deleted"),
    (SECURITY, "4700"): Meaning(_CONFIGURATION, "change", "task-enabled"),
    (SECURITY, "4701"): Meaning(_CONFIGURATION, "change", "task-disabled"),
    (SECURITY, "4702"): Meaning(_CONFIGURATION, "change", "task-updated"),
    (SECURITY, "4720"): Meaning(_IAM, "creation", "account-created", "success"),
    (SECURITY, "4722"): Meaning(_IAM, "change", "account-enabled", "success"),
    (SECURITY, "4723"): Meaning(_IAM, "change", "password-changed"),
    (SECURITY, "4724"): Meaning(_IAM, "change", "password-reset"),
    (SECURITY, "4725"): Meaning(_IAM, "change", "account-disabled", "success"),
    (SECURITY, "4726"): Meaning(_IAM, "deletion", "account-deleted", "success"),
    (SECURITY, "4738"): Meaning(_IAM, "change", "account-changed", "success"),
    (SECURITY, "4767"): Meaning(_IAM, "change", "account-unlocked", "success"),
    (SECURITY, "4781"): Meaning(_IAM, "change", "account-renamed", "success"),
    **{
        (SECURITY, code): Meaning(_IAM, sort, action, "success")
        for codes, sort, action in (
            (("4727", "4731", "4754"), "creation", "group-created"),
            (("4730", "4734", "4758"), "deletion", "group-deleted"),
            (("4735", "4737", "4755"), "change", "group-changed"),
            (("4728", "4732", "4756"), "change", "group-member-added"),
            (("4729", "4733", "4757"), "change", "group-member-removed"),
        )
        for code in codes
    },
    (EVENTLOG, "1102"): Meaning(_CONFIGURATION, "deletion", "log-cleared", "success"),
    (EVENTLOG, "104"): Meaning(_CONFIGURATION, "deletion", "log-cleared", "success"),
    (SERVICES, "7045"): Meaning(_CONFIGURATION, "creation", "service-installed"),
    (SERVICES, "7036"): Meaning(_PROCESS, "change", "service-state-changed"),
    (SERVICES, "7040"): Meaning(_CONFIGURATION, "change", "service-start-changed"),
    (SYSMON, "1"): Meaning(_PROCESS, "start", "process-created"),
    (SYSMON, "2"): Meaning(_FILE, "change", "file-time-changed"),
    (SYSMON, "3"): Meaning(_NETWORK, "connection", "connected"),
    (SYSMON, "5"): Meaning(_PROCESS, "end", "process-exited"),
    (SYSMON, "6"): Meaning("driver", "start", "driver-loaded"),
    (SYSMON, "7"): Meaning("library", "start", "image-loaded"),
    (SYSMON, "8"): Meaning(_PROCESS, "change", "remote-thread-created"),
    (SYSMON, "9"): Meaning(_FILE, "access", "raw-access-read"),
    (SYSMON, "10"): Meaning(_PROCESS, "access", "process-accessed"),
    (SYSMON, "11"): Meaning(_FILE, "creation", "file-created"),
    (SYSMON, "12"): Meaning(_REGISTRY, "change", "registry-object-changed"),
    (SYSMON, "13"): Meaning(_REGISTRY, "change", "registry-value-set"),
    (SYSMON, "14"): Meaning(_REGISTRY, "change", "registry-renamed"),
    (SYSMON, "15"): Meaning(_FILE, "creation", "file-stream-created"),
    (SYSMON, "16"): Meaning(_CONFIGURATION, "change", "sysmon-configuration-changed"),
    (SYSMON, "17"): Meaning(_FILE, "creation", "pipe-created"),
    (SYSMON, "18"): Meaning(_FILE, "access", "pipe-connected"),
    (SYSMON, "22"): Meaning(_NETWORK, "protocol", "dns-queried"),
    (SYSMON, "23"): Meaning(_FILE, "deletion", "file-deleted"),
    (SYSMON, "25"): Meaning(_PROCESS, "change", "process-tampered"),
    (SYSMON, "26"): Meaning(_FILE, "deletion", "file-deleted"),
}

GROUP_EVENTS = tuple(
    code
    for (provider, code), meaning in MEANINGS.items()
    if provider == SECURITY and meaning.action.startswith("group-")
)
ACCOUNT_EVENTS = tuple(
    code
    for (provider, code), meaning in MEANINGS.items()
    if provider == SECURITY and meaning.category == _IAM and code not in GROUP_EVENTS
)
TARGET_LOGS_ON = ("4624", "4625", "4634", "4647", "4740", "4768", "4769", "4771", "4776")
"""Events whose user is the target: the account that logs on or off, or is locked."""
BY_STATUS = ("4768", "4769", "4776")
"""Events whose status, 0x0 or another, is their outcome."""

LEVELS: Mapping[str, str] = {
    "0": "information",
    "1": "critical",
    "2": "error",
    "3": "warning",
    "4": "information",
    "5": "verbose",
}
