"""Pages of the notices: the ledger, one notice with its acts, the editor, the statistics."""

from soc_api.web.page.notice import act, editor, ledger, recheck, record, statistics

PAGES = (ledger, editor, record, act, recheck, statistics)
"""In the order in which their routes are asked."""
