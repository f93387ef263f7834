"""What the templates are filled from: plain values made of rows and plan, no session inside."""

from playbooks.document.data.notice import course_data, notice_data
from playbooks.document.data.report import report_data
from playbooks.document.data.scan import scan_data
from playbooks.document.data.warning import warning_data

__all__ = ["course_data", "notice_data", "report_data", "scan_data", "warning_data"]
