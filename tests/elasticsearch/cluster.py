"""Three servers that form one cluster."""

import socket

from elasticsearch import Elasticsearch

from tests.elasticsearch import server
from tests.elasticsearch.server import Server

NAMES = ("north", "south", "west")
_JAVA = server.FUNCTIONAL.replace("512m", "256m")


def start() -> list[Server]:
    """Start the nodes side by side and wait until each sees the others."""
    ports = _free_ports(len(NAMES))
    hosts = [f"127.0.0.1:{port}" for port in ports]
    nodes = [
        server.launch(
            settings={
                "node.name": name,
                "transport.port": port,
                "discovery.type": None,
                "discovery.seed_hosts": hosts,
                "cluster.initial_master_nodes": list(NAMES),
            },
            java_options=_JAVA,
        )
        for name, port in zip(NAMES, ports, strict=True)
    ]
    for node in nodes:
        node.ready()
    await_nodes(nodes[0].url)
    return nodes


def await_nodes(url: str) -> None:
    """Wait until all nodes are there and every shard has its copies."""
    with Elasticsearch(url, request_timeout=130) as client:
        client.cluster.health(wait_for_nodes=str(len(NAMES)), timeout="120s")
        client.cluster.health(wait_for_status="green", timeout="120s")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
