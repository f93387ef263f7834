"""OFD packages made of parts."""

from collections.abc import Mapping

from tests.sensors.content.pieced import package

_SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def part(root: str, content: str) -> str:
    """Return one part."""
    return f"<ofd:{root} {_SPACE}>{content}</ofd:{root}>"


def text(held: str, x: float, y: float, *, size: float = 5.64, more: str = "") -> str:
    """Return a text object in a box whose upper left corner is at a place, in millimetres."""
    return (
        f'<ofd:TextObject ID="1" Font="1" Size="{size}" Boundary="{x} {y} 100 10" {more}>'
        f'<ofd:TextCode X="0" Y="{size}">{held}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, template: str = "", area: str = "") -> str:
    """Return a page."""
    used = f'<ofd:Template TemplateID="{template}"/>' if template else ""
    layer = f'<ofd:Layer ID="2">{"".join(objects)}</ofd:Layer>'
    return part("Page", f"{area}{used}<ofd:Content>{layer}</ofd:Content>")


def ofd(
    *pages: str,
    templates: Mapping[str, str] | None = None,
    info: str = "",
    document: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a document of pages of A4, with further parts under `Doc_0`."""
    listed = "".join(
        f'<ofd:Page ID="{100 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>'
        for n in range(len(pages))
    )
    under = "".join(
        f'<ofd:TemplatePage ID="{key}" BaseLoc="/Doc_0/Tpls/{key}.xml"/>' for key in templates or {}
    )
    root = (
        "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        f"</ofd:PageArea>{under}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{document}"
    )
    body = f"<ofd:DocInfo>{info}</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    held: dict[str, str | bytes] = {
        "OFD.xml": part("OFD", f"<ofd:DocBody>{body}</ofd:DocBody>"),
        "Doc_0/Document.xml": part("Document", root),
    }
    held |= {f"Doc_0/Pages/Page_{n}/Content.xml": content for n, content in enumerate(pages)}
    held |= {f"Doc_0/Tpls/{key}.xml": content for key, content in (templates or {}).items()}
    held |= {f"Doc_0/{name}": content for name, content in (parts or {}).items()}
    return package(held)
