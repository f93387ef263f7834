"""Whether the server can be reached, has our mappings and takes a document."""

from typing import Any

from elasticsearch import (
    ApiError,
    AuthorizationException,
    Elasticsearch,
    NotFoundError,
    TransportError,
)

from situation.events.elastic.connection import check_version, fault, faults_of, server_version
from situation.events.elastic.mapping import mapping_faults
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
        return Health(reachable=False, mapped=False, writable=False, detail=str(error))
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
        found = client.cluster.get_component_template(name=f"{prefix}-fields")
        indices = client.indices.get_mapping(index=f"{prefix}-*")
    except NotFoundError:
        return ["the templates are missing: set the store up"]
    except AuthorizationException:
        return []  # a key that may only write cannot know
    except (ApiError, TransportError) as error:
        return [f"the mappings cannot be read: {fault(error, where).reason}"]
    template = found["component_templates"][0]["component_template"]["template"]
    sources: dict[str, Any] = {"template": template}
    sources |= indices.body
    return [
        f"{name}: {text}"
        for name, its in sources.items()
        for text in mapping_faults(its["mappings"])[:_SHOWN_PER_INDEX]
    ]


def _refusal(client: Elasticsearch, prefix: str, where: str) -> str:
    try:
        names = client.indices.get_settings(index=f"{prefix}-*", name="index.uuid")
        return _probe(client, max(names, default=""), prefix)
    except AuthorizationException:
        return _missing_right(client, prefix, where)
    except (ApiError, TransportError) as error:
        return str(fault(error, where).reason)


def _probe(client: Elasticsearch, newest: str, prefix: str) -> str:
    # A document that the mapping refuses comes as far as the index and leaves nothing in it.
    index = newest or f"{prefix}-probe-1970.01.01"
    document: Any = b'{"create":{}}\n{"@timestamp":"probe"}\n'  # ready lines go out as they are
    item = client.bulk(index=index, operations=document)["items"][0]["create"]
    if not newest:
        client.indices.delete(index=index, ignore_unavailable=True)
    error = item.get("error", {"reason": "a broken document was taken"})
    return "" if error.get("type") == _PARSING else str(error["reason"])


def _missing_right(client: Elasticsearch, prefix: str, where: str) -> str:
    wanted = [{"names": [f"{prefix}-*"], "privileges": ["create_doc"]}]
    try:
        held = client.security.has_privileges(index=wanted)["has_all_requested"]
    except (ApiError, TransportError) as error:
        return str(fault(error, where).reason)
    return "" if held else f"we may not create documents in {prefix}-*"
