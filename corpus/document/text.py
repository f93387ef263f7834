"""Plain formats: csv (RFC 4180), json (RFC 8259), xml, html, SQL dumps, Markdown, logs."""

import csv
import io
import json
from collections.abc import Sequence
from html import escape

Rows = Sequence[Sequence[str]]
"""A table; its first row is the heading."""


def write_csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Write a table with a delimiter; `utf-8-sig` and `utf-16` begin with a byte order mark."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def _objects(rows: Rows) -> list[dict[str, str]]:
    head, *others = rows
    return [dict(zip(head, row, strict=True)) for row in others]


def write_json(rows: Rows) -> bytes:
    """Write a table as an array of objects inside an answer."""
    answer = {"code": 0, "total": len(rows) - 1, "data": _objects(rows)}
    return json.dumps(answer, ensure_ascii=False, indent=1).encode()


def write_jsonl(rows: Rows) -> bytes:
    """Write a table as an object a line."""
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in _objects(rows))


def write_xml(rows: Rows) -> bytes:
    """Write a table as elements and attributes."""
    head, *others = rows
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<records>"]
    for number, row in enumerate(others, 1):
        fields = "".join(
            f'<field name="{escape(key)}">{escape(cell)}</field>'
            for key, cell in zip(head, row, strict=True)
        )
        lines.append(f'  <record id="{number}">{fields}</record>')
    return "\n".join((*lines, "</records>", "")).encode()


def write_html(title: str, rows: Rows, paragraphs: Sequence[str] = ()) -> bytes:
    """Write a page with paragraphs and a table."""
    head, *others = rows or ((),)
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in others
    )
    texts = "".join(f"<p>{escape(text)}</p>\n" for text in paragraphs)
    return (
        '<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body><h1>{escape(title)}</h1>\n{texts}<table><tr>{heads}</tr>\n{lines}</table>"
        "</body></html>\n"
    ).encode()


def write_sql(table: str, rows: Rows, *, copy: bool = False) -> bytes:
    """Write a table as a dump: INSERT statements of 50 rows (MySQL) or COPY (PostgreSQL)."""
    head, *others = rows
    if copy:
        body = "".join("\t".join(row) + "\n" for row in others)
        return f"COPY public.{table} ({', '.join(head)}) FROM stdin;\n{body}\\.\n".encode()
    columns = ", ".join(f"`{name}`" for name in head)
    made = ", ".join(f"`{name}` varchar(200)" for name in head)
    parts = [f"-- dump of {table}\nCREATE TABLE `{table}` ({made});\n"]
    for at in range(0, len(others), 50):
        values = ",\n".join(f"({', '.join(map(_quoted, row))})" for row in others[at : at + 50])
        parts.append(f"INSERT INTO `{table}` ({columns}) VALUES\n{values};\n")
    return "".join(parts).encode()


def _quoted(cell: str) -> str:
    return "'" + cell.replace("'", "''") + "'"


def write_markdown(title: str, rows: Rows, paragraphs: Sequence[str] = ()) -> bytes:
    """Write a page of Markdown with a table."""
    head, *others = rows or ((),)
    lines = [f"# {title}", "", *paragraphs, ""]
    lines += [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *others) if row]
    return ("\n".join(lines) + "\n").encode()
