"""The outline of a workbook: its sheets and their parts.

Source: ISO/IEC 29500-1, 18.2 (workbook).
"""

from dataclasses import dataclass, field

from sensors.content.office.markup import attribute, events
from sensors.content.office.package import Package
from sensors.content.office.relation import relations

_WORKBOOK = "xl/workbook.xml"


@dataclass(slots=True)
class Book:
    """`sheets` holds the names of the sheets by their parts."""

    sheets: dict[str, str] = field(default_factory=dict)


def book_of(package: Package) -> Book:
    """Read the outline. A binary workbook (.xlsb) has none that is XML."""
    book = Book()
    if not package.has(_WORKBOOK):
        return book
    parts = {step.identifier: step.target for step in relations(package, _WORKBOOK)}
    with package.open(_WORKBOOK) as source:
        for _, _, element in events(source, ("sheet",)):
            part = parts.get(attribute(element, "id"))
            if part is not None:
                book.sheets[part] = attribute(element, "name")
    return book
