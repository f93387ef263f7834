"""Pages of the classified-data scan: the data map, findings, scans, rules, the catalogue."""

from soc_api.web.page.data import act, catalogue, finding, mark, matrix, rule, scan

PAGES = (matrix, finding, act, scan, rule, catalogue, mark)
"""In the order in which their routes are asked."""
