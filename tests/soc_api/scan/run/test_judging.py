"""Judging one resource."""

import queue
from dataclasses import replace

from sensors.content.source.folder import FolderSource
from situation.scan_settings import ScanSettings
from soc_api.scan.run.judging import FileJudge
from tests.soc_api.scan.conftest import Desk


def test_what_is_listed_as_too_large_is_not_even_opened(desk: Desk) -> None:
    desk.write("a.txt", "short")
    source = FolderSource(desk.share)
    (found,) = source.walk()
    judge = FileJudge(
        source,
        queue.SimpleQueue(),
        settings=ScanSettings(file_mib=1),
        tools=desk.tools,
        known=lambda _: None,
    )
    judged = judge(replace(found, size=10**12), None)
    assert [one.reason for one in judged.verdict.unreadable] == ["too_large"]
    assert judged.content_hash == ""
