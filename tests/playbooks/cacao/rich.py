"""A playbook of our own that has something of everything that CACAO 2.0 knows."""

import copy

from situation.state.columns import JsonObject


def uid(kind: str, number: int = 1) -> str:
    """Return an id of a kind."""
    return f"{kind}--00000000-0000-4000-8000-{number:012x}"


AT = "2026-11-27T08:00:00.5Z"
REFERENCES = [{"name": "预案", "description": "d", "source": "s", "url": "u", "external_id": "1"}]
EXTENSIONS = {uid("extension-definition"): {"any": [1, None]}}
ADDRESS = {
    "url": ["http://example.org/a"],
    "l2mac": ["02:00:00:00:00:01"],
    "ipv4": ["198.51.100.1"],
    "ipv6": ["2001:db8::1"],
    "vlan": [7],
    "dname": ["example.org"],
}
CONTACT = {"email": {"work": "a@example.org"}, "phone": {"desk": "1"}, "contact_details": "c"}
VARIABLE = {"type": "string", "description": "d", "value": "v", "constant": False, "external": True}


def rich() -> JsonObject:
    """Return the playbook anew."""
    return copy.deepcopy(_rich())


def _rich() -> JsonObject:
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": uid("playbook"),
        "name": "全部",
        "description": "d",
        "playbook_types": ["mitigation", "own-type"],
        "playbook_activities": ["restrict-access"],
        "playbook_processing_summary": {"manual_playbook": True, "if_logic": False},
        "created_by": uid("identity"),
        "created": AT,
        "modified": AT,
        "revoked": False,
        "valid_from": AT,
        "valid_until": AT,
        "derived_from": [uid("playbook", 2)],
        "related_to": [uid("playbook", 3)],
        "priority": 1,
        "severity": 100,
        "impact": 0,
        "industry_sectors": ["government"],
        "labels": ["l"],
        "external_references": REFERENCES,
        "markings": [uid("marking-tlp")],
        "playbook_variables": {"__a__": VARIABLE, "__b__": {"type": "integer", "value": None}},
        "workflow_start": uid("start"),
        "workflow_exception": uid("end", 2),
        "workflow": _workflow(),
        "playbook_extensions": EXTENSIONS,
        "authentication_info_definitions": _credentials(),
        "agent_definitions": _parties(),
        "target_definitions": {uid("linux", 9): {"type": "linux", "name": "n", "address": ADDRESS}},
        "extension_definitions": _extension_definitions(),
        "data_marking_definitions": _markings(),
        "signatures": [{**_signature(), "signature": _signature()}],
    }


def _workflow() -> JsonObject:
    control = {"name": "n", "on_success": uid("end"), "on_failure": uid("end")}
    return {
        uid("start"): {"type": "start", "on_completion": uid("action")},
        uid("action"): _action(),
        uid("parallel"): {
            "type": "parallel", **control, "next_steps": [uid("end"), uid("end", 2)]
        },
        uid("if-condition"): {
            "type": "if-condition", **control, "condition": "[a:b = 1]",
            "on_true": uid("end"), "on_false": uid("end", 2),
        },
        uid("while-condition"): {
            "type": "while-condition", **control, "condition": "c", "on_true": uid("end")
        },
        uid("switch-condition"): {
            "type": "switch-condition", **control, "switch": "__a__:value",
            "cases": {"one": uid("action"), "default": uid("end")},
        },
        uid("playbook-action"): {
            "type": "playbook-action", **control, "playbook_id": uid("playbook", 4),
            "playbook_version": AT, "in_args": ["__a__"], "out_args": ["__b__"],
        },
        uid("end"): {"type": "end", "name": "e"},
        uid("end", 2): {"type": "end", "description": "d"},
    }  # fmt: skip


def _action() -> JsonObject:
    command = {
        "type": "http-api", "description": "d", "version": "1", "playbook_activity": "scan-system",
        "external_references": REFERENCES, "command": "GET /", "headers": {"a": ["b"]},
    }  # fmt: skip
    return {
        "type": "action",
        "name": "n",
        "description": "d",
        "external_references": REFERENCES,
        "delay": 1,
        "timeout": 5000,
        "step_variables": {"__c__": VARIABLE},
        "owner": uid("identity"),
        "on_completion": uid("parallel"),
        "step_extensions": EXTENSIONS,
        "commands": [command, {"type": "manual", "command": "do"}],
        "agent": uid("http-api"),
        "targets": [uid("linux", 9)],
        "in_args": ["__a__"],
        "out_args": ["__b__"],
    }


def _parties() -> JsonObject:
    reached: JsonObject = {
        "address": ADDRESS,
        "authentication_info": uid("http-basic"),
        "category": ["ids"],
    }
    location = {"name": "n", "region": "asia", "latitude": "1", "precision": "2", "city": "c"}
    kinds: dict[str, JsonObject] = {
        "group": {"contact": CONTACT},
        "individual": {"contact": CONTACT, "location": location},
        "organization": {"contact": CONTACT, "agent_target_extensions": EXTENSIONS},
        "location": {"logical": ["floor"]},
        "sector": {"sector": "government"},
        "security-category": {"category": ["firewall"]},
        "http-api": {**reached, "port": "443"},
        "ssh": {**reached, "port": "22"},
        "linux": {**reached, "port": "1"},
        "net-address": reached,
    }
    return {
        uid(kind): {"type": kind, "name": "n", "description": "d", **own}
        for kind, own in kinds.items()
    }


def _credentials() -> JsonObject:
    told = {"name": "n", "description": "d", "kms": True, "kms_key_identifier": "k"}
    return {
        uid("http-basic"): {"type": "http-basic", **told, "user_id": "u", "password": "p"},
        uid("oauth2"): {"type": "oauth2", **told, "oauth_header": "h", "token": "t"},
        uid("user-auth"): {
            "type": "user-auth", **told, "username": "u", "password": "p",
            "authentication_info_extensions": EXTENSIONS,
        },
    }  # fmt: skip


def _extension_definitions() -> JsonObject:
    return {
        uid("extension-definition"): {
            "type": "extension-definition",
            "name": "n",
            "description": "d",
            "created_by": uid("identity"),
            "schema": "s",
            "version": "1",
            "external_references": REFERENCES,
        }
    }


def _markings() -> JsonObject:
    told = {
        "created_by": uid("identity"), "created": AT, "revoked": True, "valid_from": AT,
        "valid_until": AT, "labels": ["l"], "external_references": REFERENCES,
        "marking_extensions": EXTENSIONS, "name": "n", "description": "d",
    }  # fmt: skip
    tlp, statement = uid("marking-tlp"), uid("marking-statement")
    return {
        tlp: {"type": "marking-tlp", "id": tlp, **told, "tlpv2_level": "TLP:RED"},
        statement: {"type": "marking-statement", "id": statement, **told, "statement": "s"},
    }


def _signature() -> JsonObject:
    return {
        "type": "jss",
        "id": uid("signature"),
        "created_by": uid("identity"),
        "created": AT,
        "modified": AT,
        "revoked": False,
        "signee": "s",
        "valid_from": AT,
        "valid_until": AT,
        "related_to": uid("playbook"),
        "related_version": AT,
        "hash_algorithm": "sha-256",
        "algorithm": "Ed25519",
        "public_key": "k",
        "value": "v",
    }
