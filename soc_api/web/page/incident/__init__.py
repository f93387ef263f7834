"""The pages of an incident: its list, itself, its level, its reports and tasks."""

from soc_api.web.page.incident import grade, opening, record, report, task

PAGES = (opening, record, grade, task, report)
"""In the order in which their routes are asked."""
