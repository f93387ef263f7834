"""Labels of entries: a keyed digest that shows when a declared grade was changed behind its back.

HMAC (RFC 2104) with SM3 (GB/T 32905) over department, data set, target, pattern and grade.
"""

import hmac as constant_time

from cryptography.hazmat.primitives import hashes, hmac

from situation.state.tables import CatalogueEntry


def label_of(entry: CatalogueEntry, key: bytes) -> str:
    """Return the label of an entry under the tool's key, as hexadecimal digits."""
    parts = (entry.department, entry.dataset, entry.target, entry.pattern, str(entry.grade))
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update("\x1f".join(parts).encode())
    return digest.finalize().hex()


def is_intact(entry: CatalogueEntry, key: bytes) -> bool:
    """Tell whether an entry still is what was declared."""
    return constant_time.compare_digest(entry.label, label_of(entry, key))
