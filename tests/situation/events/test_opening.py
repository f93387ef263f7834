"""Stores are opened by their URL."""

import pathlib

import pytest

from situation.events.elastic.store import ElasticStore
from situation.events.opening import open_event_store
from situation.events.parquet.store import ParquetStore
from situation.faults import Misconfigured, Unavailable


def test_a_folder_opens_the_embedded_store(tmp_path: pathlib.Path) -> None:
    for url in (str(tmp_path / "a b"), (tmp_path / "a b").as_uri(), f"file:{tmp_path}/a%20b"):
        store = open_event_store(url)
        assert isinstance(store, ParquetStore)
        assert store.root == tmp_path / "a b"
        store.close()


def test_a_server_that_is_away_is_opened_and_reported() -> None:
    store = open_event_store("http://127.0.0.1:9", username="citywatch", password="synthetic")
    assert isinstance(store, ElasticStore)
    health = store.health()
    assert (health.reachable, health.writable) == (False, False)
    assert "cannot be reached" in health.detail
    with pytest.raises(Unavailable):
        store.setup()
    store.close()


@pytest.mark.parametrize("url", ["", "file:", "file://elsewhere/x", "ftp://x", "http://h:port"])
def test_an_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        open_event_store(url)


def test_an_index_prefix_is_one_word() -> None:
    with pytest.raises(Misconfigured, match="City-"):
        open_event_store("http://127.0.0.1:9", prefix="City-")
