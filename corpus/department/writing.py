"""Tables and texts written in whatever format a path names."""

from collections.abc import Callable, Sequence

from corpus.document import data, text
from corpus.document.draft import Draft, Sheet
from corpus.document.legacy.doc import write_doc
from corpus.document.legacy.ppt import write_ppt
from corpus.document.legacy.xls import write_xls
from corpus.document.ofd import write_ofd
from corpus.document.office import write_docx, write_pptx
from corpus.document.pdf import write_pdf
from corpus.document.workbook import write_xlsx

Rows = Sequence[Sequence[str]]


def _book(rows: Rows) -> Draft:
    return Draft(sheets=(Sheet(name="名单", rows=tuple(tuple(row) for row in rows)),))


def _named(rows: Rows) -> Rows:
    """Give empty heads a name, and different ones to each: databases want that."""
    head, *others = rows
    seen: list[str] = []
    for at, name in enumerate(head):
        plain = name.strip() or f"c{at}"
        seen.append(f"{plain}{at}" if plain in seen else plain)
    return (seen, *others)


TABLES: dict[str, Callable[[Rows], bytes]] = {
    "csv": text.write_csv,
    "tsv": lambda rows: text.write_csv(rows, delimiter="\t"),
    "gbk.csv": lambda rows: text.write_csv(rows, encoding="gb18030"),
    "bom.csv": lambda rows: text.write_csv(rows, encoding="utf-8-sig"),
    "u16.csv": lambda rows: text.write_csv(rows, delimiter="\t", encoding="utf-16"),
    "json": lambda rows: text.write_json(_named(rows)),
    "jsonl": lambda rows: text.write_jsonl(_named(rows)),
    "xml": lambda rows: text.write_xml(_named(rows)),
    "html": lambda rows: text.write_html("公示名单", rows),
    "sql": lambda rows: text.write_sql("person", _named(rows)),
    "dump.sql": lambda rows: text.write_sql("person", _named(rows), copy=True),
    "md": lambda rows: text.write_markdown("名单", rows),
    "xlsx": lambda rows: write_xlsx(_book(rows)),
    "et": lambda rows: write_xls(_book(rows)),
    "xls": lambda rows: write_xls(_book(rows)),
    "docx": lambda rows: write_docx(Draft(title="名单", table=tuple(map(tuple, rows)))),
    "pdf": lambda rows: write_pdf(Draft(title="名单", table=tuple(map(tuple, rows)))),
    "ofd": lambda rows: write_ofd(Draft(title="名单", table=tuple(map(tuple, rows)))),
    "parquet": lambda rows: data.write_parquet(_named(rows)),
    "db": lambda rows: data.write_sqlite({"person": _named(rows)}),
}
"""Writers of a table by the end of a file's name; the longest end that fits is taken."""

TEXTS: dict[str, Callable[[Draft], bytes]] = {
    "docx": write_docx,
    "doc": write_doc,
    "wps": write_doc,
    "pdf": write_pdf,
    "ofd": write_ofd,
    "pptx": write_pptx,
    "ppt": write_ppt,
    "dps": write_ppt,
    "xlsx": write_xlsx,
    "xls": write_xls,
    "txt": lambda draft: "\n".join(draft.body()).encode(),
    "gbk.txt": lambda draft: "\n".join(draft.body()).encode("gb18030"),
    "html": lambda draft: text.write_html(draft.title, (), tuple(draft.body())),
    "md": lambda draft: text.write_markdown(draft.title, (), tuple(draft.body())),
}
"""Writers of a text in the same way."""


def ending(
    path: str, writers: dict[str, Callable[[Rows], bytes]] | dict[str, Callable[[Draft], bytes]]
) -> str:
    """Return the longest end of a name that a writer is known for."""
    return max((end for end in writers if path.endswith(f".{end}")), key=len)


def written(path: str, rows: Rows) -> bytes:
    """Write a table in the format of its path."""
    return TABLES[ending(path, TABLES)](rows)


def drafted(path: str, draft: Draft) -> bytes:
    """Write a text in the format of its path."""
    return TEXTS[ending(path, TEXTS)](draft)
