"""Text documents out of the XML of their parts."""

from tests.sensors.content.pieced import package

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def part(root: str, content: str) -> str:
    """Return one part."""
    return f"<w:{root} {_SPACES}>{content}</w:{root}>"


def document(body: str, **parts: str | bytes) -> bytes:
    """Return a document with a body and further parts, `__` in their names for the slash."""
    named = {name.replace("__", "/") + ".xml": content for name, content in parts.items()}
    return package({"word/document.xml": part("document", f"<w:body>{body}</w:body>"), **named})


def paragraph(*runs: str) -> str:
    """Return a paragraph of runs of text."""
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """Return a table."""
    return (
        "<w:tbl>"
        + "".join(
            "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
            for row in rows
        )
        + "</w:tbl>"
    )
