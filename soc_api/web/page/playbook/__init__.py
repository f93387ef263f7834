"""The pages of playbooks: their list, one of them, its versions, dry runs, runs and approvals."""

from soc_api.web.page.playbook import act, approval, record, rehearsal, run, version

PAGES = (approval, run, act, version, rehearsal, record)
"""In the order in which their routes are asked: the short name of a playbook comes last."""
