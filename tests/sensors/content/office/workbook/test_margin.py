import io

import pytest

from sensors.content.office.workbook.margin import column_number, extent_of, margin_texts


@pytest.mark.parametrize(
    ("coded", "texts"),
    [
        ('&L&"宋体,粗体"&14机密★10年&R第&P页', ["机密★10年", "第页"]),
        ("&C&K01+000内部&&外部", ["内部&外部"]),
        ("没有分段", ["没有分段"]),
        ("&L&D&C&T", []),
        ("&R&KFF0000&U&B秘密", ["秘密"]),
    ],
)
def test_a_header_is_read_without_the_codes_of_its_type(coded: str, texts: list[str]) -> None:
    assert list(margin_texts(coded)) == texts


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16384)]
)
def test_columns_are_numbered_by_their_letters(letters: bytes, number: int) -> None:
    assert column_number(letters) == number


def test_two_cells_in_far_corners_are_scattered() -> None:
    part = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    assert extent_of(io.BytesIO(part)).is_scattered


def test_a_full_table_is_not_scattered_however_long() -> None:
    part = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (at, at) for at in range(1, 5001))
    extent = extent_of(io.BytesIO(part))
    assert (extent.rows, extent.cells, extent.is_scattered) == (5000, 5000, False)
    assert not extent.has_aside
