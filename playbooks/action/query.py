"""store_query: how many records of the store there are, and which values or ids."""

import datetime as dt
import json
from typing import Annotated, Literal

from pydantic import Field, StrictInt, field_validator

from playbooks.action.action import (
    Action,
    Effect,
    Errand,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
)
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, taking
from playbooks.action.phrase import AT_ONCE, NO_UNDO, NOBODY
from playbooks.action.question import read_filter
from playbooks.cacao.playbook import Words
from situation.events.dataset import dataset_of
from situation.events.question import check_groups
from situation.events.store import Metric, Query, Terms
from situation.faults import Malformed
from situation.state.columns import JsonObject

MOST_VALUES = 100
_COUNT = Metric("count", "count")


class StoreQueryParameters(Parameters):
    """Records of a dataset of the last `since_minutes` that match the filter `where`."""

    dataset: Literal["flow", "dns", "protocol", "log", "alert"]
    where: JsonObject = Field(default_factory=dict)
    since_minutes: Annotated[StrictInt, Field(ge=1, le=129_600)] = 60
    group_by: Line = ""
    """A field whose values are told, those with the most records first; empty: ids of records."""
    limit: Annotated[StrictInt, Field(ge=1, le=MOST_VALUES)] = MOST_VALUES

    @field_validator("where")
    @classmethod
    def _is_a_filter(cls, where: JsonObject) -> JsonObject:
        try:
            read_filter(where)
        except Malformed as fault:
            raise ValueError(str(fault)) from fault
        return where

    @field_validator("group_by")
    @classmethod
    def _groups(cls, field: str) -> str:
        try:
            check_groups([Terms(field)] if field else [], [])
        except Malformed as fault:
            raise ValueError(fault.reason) from fault
        return field

    def query(self, drill_id: str | None, now: dt.datetime) -> Query:
        """Return the question to the store; a drill asks its own records."""
        return Query(
            dataset_of(self.dataset, drill_id),
            now - dt.timedelta(minutes=self.since_minutes),
            now,
            where=read_filter(self.where),
            limit=self.limit,
        )


def _intend(_scene: Scene, given: StoreQueryParameters) -> Intent:
    where = json.dumps(given.where, ensure_ascii=False, sort_keys=True)
    group = f" group by {given.group_by}" if given.group_by else ""
    minutes = given.since_minutes
    return Intent(
        command=f"store_query {given.dataset} last {minutes} min where {where}{group}",
        what=Words(
            f"查询最近 {minutes} 分钟的 {given.dataset} 记录",
            f"query the {given.dataset} records of the last {minutes} minutes",
        ),
        how_long=AT_ONCE,
        undo=NO_UNDO,
        touches=NOBODY,
        unknown=("count", "values"),
    )


def _query(errand: Errand, given: StoreQueryParameters) -> Outcome:
    query = given.query(errand.drill_id, errand.now)
    try:
        count = errand.means.events.count(query)
        values = _groups(errand, given, query) if given.group_by else _ids(errand, query)
    except Malformed as fault:
        raise Refused(str(fault)) from fault
    outputs: JsonObject = {
        "count": str(count),
        "values": json.dumps(values, ensure_ascii=False),
    }
    told = Words(f"查到 {count} 条记录", f"{count} records were found")
    return Outcome(outputs=outputs, told=told)


def _groups(errand: Errand, given: StoreQueryParameters, query: Query) -> list[object]:
    terms = Terms(given.group_by, given.limit)
    rows = errand.means.events.aggregate(query, [terms], [_COUNT]).rows
    return [row[given.group_by] for row in rows]


def _ids(errand: Errand, query: Query) -> list[object]:
    return [one["event.id"] for one in errand.means.events.search(query).documents]


STORE_QUERY = Action(
    name="store_query",
    words=Words("查询记录", "query the store"),
    effect=Effect.READ,
    guarantee=Guarantee.KEYED,
    parameters=StoreQueryParameters,
    outputs={"count": "integer", "values": "list"},
    intend=taking(StoreQueryParameters, _intend),
    outside=taking(StoreQueryParameters, _query),
    in_drills=True,
)
