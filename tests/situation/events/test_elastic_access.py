"""Who may do what, by what the server is known, and the one sentence where it does not fit."""

import http.server
import pathlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from situation.events.elastic.connection import Credentials, connect, faults_of
from situation.events.elastic.store import ElasticStore
from situation.faults import Misconfigured, Unavailable
from tests.elasticsearch.certificate import authority
from tests.elasticsearch.guarded import LARGEST_REQUEST, Guarded
from tests.situation.events import made
from tests.situation.events.elastic import ALL, clear, opened, rows

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

BATCH = made.batch(rows("a", "b"), "flow")


@pytest.fixture
def prefix(guarded: Guarded) -> Iterator[str]:
    name = f"e{uuid.uuid4().hex[:12]}"
    yield name
    with guarded.client() as client:
        clear(client, name)


@pytest.fixture
def admin(guarded: Guarded, prefix: str) -> Iterator[ElasticStore]:
    store = opened(guarded.url, prefix, credentials=guarded.credentials())
    store.setup()
    yield store
    store.close()


def refreshed(guarded: Guarded, store: ElasticStore) -> ElasticStore:
    with guarded.client() as client:
        client.indices.refresh(index=f"{store.prefix}-*")
    return store


def test_a_sensors_key_may_add_and_nothing_else(
    guarded: Guarded, admin: ElasticStore, prefix: str
) -> None:
    key = guarded.key(admin.make_key("sensor", "sensor-1"))
    sensor = opened(guarded.url, prefix, credentials=key)
    health = sensor.health()
    assert (health.reachable, health.writable) == (True, True), health.detail
    assert sensor.write(BATCH).acked == 2
    assert sensor.write(BATCH).duplicates == 2
    assert [day.documents for day in refreshed(guarded, admin).held("flow")] == [2]
    assert sensor.health().writable
    with pytest.raises(Unavailable, match="lacks the privilege"):
        sensor.count(ALL)
    with pytest.raises(Misconfigured, match="lacks the privilege"):
        sensor.setup()
    with pytest.raises(Unavailable, match="lacks the privilege"):
        sensor.drop_before("flow", made.END.date())
    sensor.close()
    stranger = opened(guarded.url, "foreign", credentials=key)
    with pytest.raises(Misconfigured, match=r"lacks the privilege .* on \[foreign-flow"):
        stranger.write(BATCH)
    stranger.close()


def test_a_readers_key_may_read_and_nothing_else(
    guarded: Guarded, admin: ElasticStore, prefix: str
) -> None:
    admin.write(BATCH)
    key = guarded.key(admin.make_key("reader", "console-1"))
    reader = opened(guarded.url, prefix, credentials=key)
    assert reader.count(ALL) == 2
    assert [part.frame.height for part in reader.follow("flow", None)] == [2]
    assert [day.documents for day in reader.held("flow")] == [2]
    with pytest.raises(Misconfigured, match="lacks the privilege create_doc"):
        reader.write(BATCH)
    health = reader.health()
    assert (health.reachable, health.mapped, health.writable) == (True, True, False)
    assert "lacks the privilege create_doc" in health.detail
    reader.close()


def test_the_desks_key_sees_at_once_what_it_wrote(
    guarded: Guarded, admin: ElasticStore, prefix: str
) -> None:
    key = guarded.key(admin.make_key("desk", "desk-1"))
    desk = opened(guarded.url, prefix, credentials=key)
    assert desk.health().writable
    assert desk.write(BATCH).acked == 2
    assert desk.count(ALL) == 2
    desk.close()


def test_a_key_that_may_not_refresh_sees_what_it_wrote_all_the_same(
    guarded: Guarded, admin: ElasticStore, prefix: str
) -> None:
    granted = {"names": [f"{prefix}-*"], "privileges": ["create_doc", "auto_configure", "read"]}
    with guarded.client() as client:
        made_key = client.security.create_api_key(
            name="narrow", role_descriptors={"narrow": {"indices": [granted]}}
        )
    narrow = opened(guarded.url, prefix, credentials=guarded.key(made_key["encoded"]))
    for name in ("a", "b", "c"):
        assert narrow.write(made.batch(rows(name), "flow")).acked == 1
    assert narrow.count(ALL) == 3
    assert admin.count(ALL) == 3
    narrow.close()


def test_keys_are_made_for_known_roles_of_a_store_that_is_set_up(
    guarded: Guarded, admin: ElasticStore
) -> None:
    with pytest.raises(Misconfigured, match="sensor, reader, desk"):
        admin.make_key("root", "x")
    bare = opened(guarded.url, "bare", credentials=guarded.credentials())
    with pytest.raises(Misconfigured, match="set the store up"):
        bare.make_key("sensor", "x")
    bare.close()


def test_a_key_that_was_withdrawn_stops_the_writer(
    guarded: Guarded, admin: ElasticStore, prefix: str
) -> None:
    key = admin.make_key("sensor", "withdrawn")
    sensor = opened(guarded.url, prefix, credentials=guarded.key(key))
    with guarded.client() as client:
        client.security.invalidate_api_key(name="withdrawn")
    with pytest.raises(Misconfigured, match="does not accept our credentials"):
        sensor.write(BATCH)
    sensor.close()


def test_a_user_without_rights_is_told_which_one_is_missing(
    guarded: Guarded, admin: ElasticStore
) -> None:
    auditor = opened(guarded.url, admin.prefix, credentials=guarded.credentials("auditor"))
    with pytest.raises(Misconfigured, match="lacks the privilege create_doc"):
        auditor.write(BATCH)
    assert "lacks the privilege create_doc" in auditor.health().detail
    auditor.close()


def test_a_wrong_password_is_told_so(guarded: Guarded, prefix: str) -> None:
    stranger = opened(guarded.url, prefix, credentials=guarded.credentials(password="synthetic"))
    with pytest.raises(Misconfigured, match="credentials"):
        stranger.setup()
    with pytest.raises(Misconfigured, match="credentials"):
        stranger.write(BATCH)
    health = stranger.health()
    assert not health.reachable
    assert "does not accept our credentials" in health.detail
    stranger.close()


def test_what_is_too_large_at_once_is_sent_in_parts(admin: ElasticStore) -> None:
    documents = [row | {"raw": "x" * 200_000} for row in rows(*"abcdefghijkl")]
    admin._bulk.sleep = lambda _: None  # noqa: SLF001 - the pauses are not what is tried
    admin._bulk.patience_seconds = 60  # noqa: SLF001 - as above
    result = admin.write(made.batch(documents, "log"))
    assert (result.acked, result.rejected) == (12, ())
    giant = [row | {"raw": "登" * (LARGEST_REQUEST // 3)} for row in rows("giant")]
    result = admin.write(made.batch([*giant, *rows("small")], "log"))
    assert result.acked == 1
    assert [(r.event_id, r.reason) for r in result.rejected] == [
        ("giant", "the document is larger than the server takes")
    ]


def health_detail(url: str, credentials: Credentials) -> str:
    store = opened(url, "citywatch", credentials=credentials)
    health = store.health()
    store.close()
    assert not health.reachable
    return health.detail


def test_the_server_is_known_by_its_own_fingerprint(guarded: Guarded, admin: ElasticStore) -> None:
    login = replace(guarded.credentials(), ca_certs="")
    colons = ":".join(guarded.fingerprint.upper()[at : at + 2] for at in range(0, 64, 2))
    for fingerprint in (guarded.fingerprint, colons):
        pinned = opened(
            guarded.url, admin.prefix, credentials=replace(login, fingerprint=fingerprint)
        )
        assert pinned.health().reachable
        pinned.close()
    wrong = replace(login, fingerprint="ab" * 32)
    assert "is not that of store.fingerprint" in health_detail(guarded.url, wrong)
    with pytest.raises(Misconfigured, match=r"(?i)fingerprint"):
        connect(guarded.url, replace(login, fingerprint="ab"))


def test_a_certificate_that_does_not_fit_is_told_in_a_sentence(
    guarded: Guarded, tmp_path: pathlib.Path
) -> None:
    login = guarded.credentials()
    other, same_name, junk = (tmp_path / name for name in ("other.pem", "same.pem", "junk.pem"))
    other.write_text(authority("other").pem)
    same_name.write_text(authority("city").pem)
    junk.write_text("no certificate")
    for ca, words in (
        (other, "of an unknown CA"),
        (same_name, "of another CA"),
        (junk, "holds no certificate"),
        (tmp_path / "absent.pem", "store.ca_certs cannot be read"),
    ):
        assert words in health_detail(guarded.url, replace(login, ca_certs=str(ca)))
    assert "of an unknown CA" in health_detail(guarded.url, replace(login, ca_certs=""))
    named = f"https://localhost:{guarded.port}"
    assert "made out for another host name" in health_detail(named, login)


def test_tls_and_plain_http_taken_for_one_another_are_told(
    guarded: Guarded, elasticsearch_url: str
) -> None:
    plain = f"http://127.0.0.1:{guarded.port}"
    assert "wants an URL with https:" in health_detail(plain, Credentials())
    encrypted = elasticsearch_url.replace("http:", "https:")
    assert "its URL begins with http:" in health_detail(encrypted, Credentials())


def test_a_write_over_a_connection_that_can_never_be_stops(guarded: Guarded) -> None:
    untrusting = replace(guarded.credentials(), ca_certs="")
    store = opened(guarded.url, "citywatch", credentials=untrusting)
    with pytest.raises(Misconfigured, match="unknown CA"):
        store.write(BATCH)
    store.close()


@pytest.fixture
def stranger(tmp_path: pathlib.Path) -> Iterator[str]:
    """A real web server that is no Elasticsearch."""
    (tmp_path / "index.html").write_text("hello")

    class Folder(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path))  # type: ignore[arg-type]  # as it is called

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Folder)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()
    thread.join()


def test_another_product_is_told_so(stranger: str) -> None:
    assert "is no Elasticsearch" in health_detail(stranger, Credentials())
    store = opened(stranger, "citywatch")
    with pytest.raises(Misconfigured, match="is no Elasticsearch"):
        store.write(BATCH)
    with pytest.raises(Misconfigured, match="is no Elasticsearch"):
        store.setup()
    store.close()


def test_a_client_of_a_later_line_than_the_server_is_told_so(elasticsearch_url: str) -> None:
    later = {"accept": "application/vnd.elasticsearch+json; compatible-with=9"}
    with (
        connect(elasticsearch_url, Credentials()) as client,
        pytest.raises(Misconfigured, match="the server is of an older line than our client 8"),
        faults_of(elasticsearch_url),
    ):
        client.perform_request("GET", "/_cluster/health", headers=later)
