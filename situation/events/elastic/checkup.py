"""Whether the server can be reached, has our mappings and takes a document."""

from typing import Any

from elasticsearch import (
    ApiError,
    AuthorizationException,
    Elasticsearch,
    NotFoundError,
    TransportError,
)

from situation.events.elastic.answer import judged
from situation.events.elastic.connection import check_version, faults_of, server_version
from situation.events.elastic.mapping import mapping_faults
from situation.events.elastic.sentence import fault
from situation.events.store import Health
from situation.faults import Fault

_SHOWN_PER_INDEX = 3
_PARSING = "document_parsing_exception"


def health_of(client: Elasticsearch, prefix: str, where: str) -> Health:
    """Return the health of the store whose indices begin with `prefix`."""
    try:
        with faults_of(where):
            version = server_version(client)
            check_version(version, where)
    except Fault as error:
        return Health(reachable=False, mapped=False, writable=False, detail=error.reason)
    unmapped = _unmapped(client, prefix, where)
    # Without the templates a first document would make an index of guessed types.
    refusal = _refusal(client, prefix, where) if not unmapped else "not tried"
    faults = [*unmapped, *([f"writing: {refusal}"] if refusal else [])]
    facts = {"store": "elasticsearch", "version": version or "unknown", "prefix": prefix}
    return Health(
        reachable=True,
        mapped=not unmapped,
        writable=not refusal,
        detail="; ".join(faults) or f"Elasticsearch {facts['version']}",
        facts=facts,
    )


def _unmapped(client: Elasticsearch, prefix: str, where: str) -> list[str]:
    try:
        sources = _mapped_by_templates(client, prefix) | _mapped_by_indices(client, prefix)
    except NotFoundError:
        return ["the templates are missing: set the store up (citywatch store setup)"]
    except (ApiError, TransportError) as error:
        return [f"the mappings cannot be read: {fault(error, where).reason}"]
    return [
        f"{name}: {text}"
        for name, mappings in sources.items()
        for text in mapping_faults(mappings)[:_SHOWN_PER_INDEX]
    ]


def _mapped_by_templates(client: Elasticsearch, prefix: str) -> dict[str, Any]:
    name = f"{prefix}-fields"
    try:
        found = client.cluster.get_component_template(name=name)["component_templates"]
    except AuthorizationException:
        return {}  # a key of least privilege cannot know
    return {"template": found[0]["component_template"]["template"]["mappings"]}


def _mapped_by_indices(client: Elasticsearch, prefix: str) -> dict[str, Any]:
    try:
        found = client.indices.get_mapping(index=f"{prefix}-*")
    except AuthorizationException:
        return {}  # nor can one that may only write
    return {index: its["mappings"] for index, its in found.items()}


def _refusal(client: Elasticsearch, prefix: str, where: str) -> str:
    try:
        names = client.indices.get_settings(index=f"{prefix}-*", name="index.uuid")
        if names or _has(client, prefix, "delete_index"):
            return _probe(client, max(names, default=""), prefix)
    except AuthorizationException:
        pass  # a key that may only write; its rights tell
    except (ApiError, TransportError) as error:
        return str(fault(error, where).reason)
    lacks = f"our key lacks the privilege create_doc on {prefix}-*"
    return "" if _has(client, prefix, "create_doc") else lacks


def _probe(client: Elasticsearch, newest: str, prefix: str) -> str:
    # A document that the mapping refuses comes as far as the index and leaves nothing in it.
    index = newest or f"{prefix}-probe-1970.01.01"
    document: Any = b'{"create":{}}\n{"@timestamp":"probe"}\n'  # ready lines go out as they are
    item = client.bulk(index=index, operations=document)["items"][0]["create"]
    if not newest:
        client.indices.delete(index=index, ignore_unavailable=True)
    error = item.get("error", {})
    if error.get("type") == _PARSING:
        return ""
    return judged(item).reason or "a broken document was taken"


def _has(client: Elasticsearch, prefix: str, privilege: str) -> bool:
    """Return whether we hold the privilege; a server without security gives every one."""
    wanted = [{"names": [f"{prefix}-*"], "privileges": [privilege]}]
    try:
        return bool(client.security.has_privileges(index=wanted)["has_all_requested"])
    except (ApiError, TransportError):
        return True
