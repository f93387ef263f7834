"""A server as operators run it: TLS, users and keys; and small limits that are soon reached."""

import pathlib
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from situation.events.elastic.connection import Credentials
from tests.elasticsearch import server
from tests.elasticsearch.certificate import authority

PASSWORD = "synthetic-secret"
ADMIN = "admin"
LARGEST_REQUEST = 2**20
"""Octets of a request; of the indexing pressure it is a bit more."""

_ROLES = """
auditor:
  cluster: ["monitor"]
"""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The server, and by what one knows it."""

    server: server.Server
    ca: pathlib.Path
    fingerprint: str

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    @property
    def port(self) -> str:
        """Its port."""
        return self.url.rsplit(":", 1)[1]

    def credentials(self, user: str = ADMIN, password: str = PASSWORD) -> Credentials:
        """What a user logs in with."""
        return Credentials(username=user, password=password, ca_certs=str(self.ca))

    def key(self, api_key: str) -> Credentials:
        """What the holder of a key logs in with."""
        return Credentials(api_key=api_key, ca_certs=str(self.ca))

    def client(self) -> Elasticsearch:
        """A client that may do everything."""
        login = (ADMIN, PASSWORD)
        return Elasticsearch(self.url, basic_auth=login, ca_certs=str(self.ca), request_timeout=60)


def start(folder: pathlib.Path) -> Guarded:
    """Start the server; its authority's certificate is kept in `folder`."""
    city = authority("city")
    certificate = city.sign("127.0.0.1")
    ca = folder / "ca.pem"
    ca.write_text(city.pem)
    files = server.file_realm(ADMIN, PASSWORD, "superuser")
    for name, text in server.file_realm("auditor", PASSWORD, "auditor").items():
        files[name] += text
    files |= {"roles.yml": _ROLES, "http.crt": certificate.pem, "http.key": certificate.key}
    running = server.start(
        files=files,
        settings={
            "xpack.security.enabled": True,
            "xpack.security.http.ssl.enabled": True,
            "xpack.security.http.ssl.certificate": "http.crt",
            "xpack.security.http.ssl.key": "http.key",
            "http.max_content_length": f"{LARGEST_REQUEST}b",
            "indexing_pressure.memory.limit": f"{LARGEST_REQUEST * 5 // 4}b",
        },
        plugin=True,
    )
    return Guarded(running, ca, certificate.fingerprint)
