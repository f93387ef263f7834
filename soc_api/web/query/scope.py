"""What may be seen: drill records and real ones never meet, and a department sees its own alone.

Whatever a department reads, it reads through a `Scope`; no other module knows the rule.
"""

from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from situation.state.tables import (
    Account,
    Attachment,
    CityWarning,
    DataFinding,
    Delivery,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)
from soc_api.permission import DEPARTMENT

Query = TypeVar("Query", bound="sa.Select[*tuple[object, ...]]")
Part = TypeVar("Part", Feedback, Attachment, Extension, RectificationItem, DataFinding)
Scoped = TypeVar(
    "Scoped",
    Notice,
    Feedback,
    Attachment,
    Extension,
    RectificationItem,
    DataFinding,
    Delivery,
    CityWarning,
)

SHOWN = (
    "issued",
    "signed",
    "handling",
    "answered",
    "rechecking",
    "passed",
    "archived",
    "reassigned",
    "revoked",
)
"""States in which a department sees its notice: from the issue on, never a draft."""

WARNED = ("issued", "lifted")
"""States in which a department sees a warning that it was told of."""

PORTAL_CHANNEL = "portal"
"""Channel of the deliveries that a department reads on its pages."""


def within(
    column: InstrumentedAttribute[str | None], drill_id: str | None
) -> sa.ColumnElement[bool]:
    """Return the condition that a record is real (None) or belongs to this drill."""
    return column.is_(None) if drill_id is None else column == drill_id


@dataclass(frozen=True, slots=True)
class Scope:
    """What one account may read: the city's own people everything, a department its own.

    A department is its full name. One that is superior to others does not see their notices.
    Nothing of a drill is a department's: it would take it for real.
    """

    account: Account

    def notices(self, query: Query) -> Query:
        """Return a query over `Notice` that finds only what the account may see."""
        return query.where(self._sees(Notice))

    def deliveries(self, query: Query) -> Query:
        """Return a query over `Delivery` that finds only what the account may see."""
        return query.where(self._sees(Delivery))

    def warnings(self, query: Query) -> Query:
        """Return a query over `CityWarning` that finds only what the account may see."""
        return query.where(self._sees(CityWarning))

    def get(self, session: Session, table: type[Scoped], key: str | int) -> Scoped | None:
        """Return a row by its key; None where there is none, or where it is another's.

        Both are the same query, so neither answer nor time tells which it was.
        """
        return session.scalar(sa.select(table).where(table.id == key, self._sees(table)))

    def parts(self, session: Session, table: type[Part], notice_id: str) -> list[Part]:
        """Return what belongs to a notice, by its id; nothing where the notice is another's."""
        query = sa.select(table).where(table.notice_id == notice_id, self._sees(table))
        return list(session.scalars(query.order_by(table.id)))

    def _sees(self, table: type[Scoped]) -> sa.ColumnElement[bool]:
        department = self.account.department
        if department is None:
            return sa.true() if self.account.role != DEPARTMENT else sa.false()
        if issubclass(table, Delivery):
            mine = sa.and_(Delivery.recipient == department, Delivery.drill_id.is_(None))
            return sa.and_(mine, Delivery.channel == PORTAL_CHANNEL)
        if issubclass(table, CityWarning):
            told = sa.select(Delivery.object_id).where(
                Delivery.object_kind == "warning", self._sees(Delivery)
            )
            real = sa.and_(CityWarning.drill_id.is_(None), CityWarning.state.in_(WARNED))
            return sa.and_(real, CityWarning.id.in_(told))
        mine = sa.and_(Notice.department == department, Notice.drill_id.is_(None))
        owned = sa.and_(mine, Notice.status.in_(SHOWN))
        if issubclass(table, Notice):
            return owned
        part = table.notice_id.in_(sa.select(Notice.id).where(owned))
        if issubclass(table, DataFinding):
            return sa.and_(part, sa.not_(DataFinding.restricted))
        return part
