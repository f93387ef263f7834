"""Flows learn whose they are."""

import ipaddress

import polars as pl
import pytest

from sensors.enrichment import enrich, unknown_endpoints
from situation.assets import Asset, Assets
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA

INSIDE, OTHER, OUTSIDE = "10.1.0.5", "10.1.0.6", "198.51.100.7"

ASSETS = Assets(
    [
        Asset(
            range=ipaddress.ip_network("10.1.0.0/16"),
            name="office",
            department="数据局",
            district="东区",
            contact="陈一",
            protection_level=3,
            cii=False,
            role="workstation",
        )
    ]
)


def _flows(*pairs: tuple[str, str]) -> pl.DataFrame:
    rows = [{"source.ip": source, "destination.ip": destination} for source, destination in pairs]
    return pl.DataFrame(rows, schema=FLOW_SCHEMA)


@pytest.mark.parametrize(
    ("source", "destination", "direction"),
    [
        (INSIDE, OTHER, "internal"),
        (INSIDE, OUTSIDE, "outbound"),
        (OUTSIDE, INSIDE, "inbound"),
        (OUTSIDE, OUTSIDE, "external"),
    ],
)
def test_direction_follows_from_who_is_known(source: str, destination: str, direction: str) -> None:
    assert enrich(_flows((source, destination)), ASSETS)["network.direction"].item() == direction


def test_without_a_table_the_direction_is_unknown() -> None:
    found = enrich(_flows((INSIDE, OUTSIDE)), Assets([]))
    assert found["network.direction"].item() == "unknown"


def test_both_sides_get_their_asset_and_unknown_is_counted() -> None:
    found = enrich(_flows((INSIDE, OUTSIDE), (OUTSIDE, INSIDE)), ASSETS)
    assert found["citywatch.source.department"].to_list() == ["数据局", "unknown"]
    assert found["citywatch.destination.protection_level"].to_list() == [None, 3]
    assert unknown_endpoints(found) == 2


def test_columns_types_and_order_stay_as_they_were() -> None:
    found = enrich(_flows((INSIDE, OUTSIDE), (OUTSIDE, INSIDE)), ASSETS)
    assert found.schema == pl.Schema(FLOW_SCHEMA)
    assert found["source.ip"].to_list() == [INSIDE, OUTSIDE]


def test_dns_messages_get_the_client_s_asset_alone() -> None:
    row = {"source.ip": INSIDE, "destination.ip": OUTSIDE}
    found = enrich(pl.DataFrame([row], schema=DNS_SCHEMA), ASSETS)
    assert found.schema == pl.Schema(DNS_SCHEMA)
    assert found["citywatch.source.asset"].item() == "office"


def test_an_empty_batch_stays_empty() -> None:
    assert enrich(pl.DataFrame(schema=FLOW_SCHEMA), ASSETS).is_empty()
