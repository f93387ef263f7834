"""The catalogue: what data sets a department declares, where they lie, of which grade."""

from playbooks.finding.catalogue.covering import (
    Catalogue,
    covering,
    declarations,
    open_catalogue,
)
from playbooks.finding.catalogue.importing import Imported, import_csv
from playbooks.finding.catalogue.keeping import Entry, declare, withdraw

__all__ = [
    "Catalogue",
    "Entry",
    "Imported",
    "covering",
    "declarations",
    "declare",
    "import_csv",
    "open_catalogue",
    "withdraw",
]
