"""API keys of least privilege."""

from collections.abc import Mapping, Sequence

from elasticsearch import AuthenticationException, AuthorizationException, Elasticsearch

from situation.events.elastic.connection import faults_of
from situation.faults import Misconfigured, Unavailable

ROLES: Mapping[str, Sequence[str]] = {
    "sensor": ("create_doc", "auto_configure"),
    "reader": ("read", "view_index_metadata", "monitor"),
    "desk": (
        "create_doc",
        "auto_configure",
        "read",
        "view_index_metadata",
        "monitor",
        "maintenance",
    ),
}
"""Privileges on the indices of the store, by what the holder does.

A sensor only adds documents, a reader only reads. The desk does both and shows at once what it
wrote. None of them may change or drop anything.
"""


def made_key(client: Elasticsearch, prefix: str, role: str, name: str, where: str) -> str:
    """Make a key and return it in the form that the setting `store.api_key` takes.

    Raises `Misconfigured` for an unknown role, and where we may not make keys.
    """
    if role not in ROLES:
        raise Misconfigured(f"a role is one of {', '.join(ROLES)}", where=role)
    granted = {"names": [f"{prefix}-*"], "privileges": list(ROLES[role])}
    try:
        with faults_of(where):
            answer = client.security.create_api_key(
                name=name, role_descriptors={role: {"cluster": [], "indices": [granted]}}
            )
    except Unavailable as fault:
        if isinstance(fault.__cause__, AuthenticationException | AuthorizationException):
            raise Misconfigured(fault.reason, where=where) from fault
        raise
    return str(answer["encoded"])
