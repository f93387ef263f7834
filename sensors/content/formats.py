"""The one table of formats: how each is known, and who reads it.

A row is known by octets at a fixed place, by a member of its zip archive, by a stream of its OLE2
file, or, where it is text, by the ending of its name and by what the text looks like (`sniff`).
"""

from sensors.content.container.foreign import read_foreign
from sensors.content.container.packed import (
    PACKED_FAULTS,
    read_bzip2,
    read_gzip,
    read_xz,
    read_zstd,
)
from sensors.content.container.tarred import TAR_FAULTS, read_tar
from sensors.content.container.zipped import ZIP_FAULTS, read_zip
from sensors.content.data.columnar import PARQUET_FAULTS, read_parquet
from sensors.content.data.database import SQLITE_FAULTS, read_sqlite
from sensors.content.fixed.ofd import read_ofd
from sensors.content.fixed.pdf import PDF_FAULTS, read_pdf
from sensors.content.format import Format
from sensors.content.legacy.doc import read_doc
from sensors.content.legacy.ppt import read_ppt
from sensors.content.legacy.storage import read_package
from sensors.content.legacy.xls import read_xls
from sensors.content.mail.box import read_mbox
from sensors.content.mail.message import MAIL_FAULTS, read_mail
from sensors.content.mail.outlook import MSG_FAULTS, read_msg
from sensors.content.nature import NATURES, read_enveloped
from sensors.content.office.opendocument import read_ods, read_opendocument
from sensors.content.office.slides import read_pptx
from sensors.content.office.word import read_docx
from sensors.content.office.workbook.cells import CALAMINE_FAULTS
from sensors.content.office.workbook.sheet import read_xlsx
from sensors.content.picture import read_picture
from sensors.content.text.delimited import read_delimited
from sensors.content.text.dump import read_sql
from sensors.content.text.markdown import read_markdown
from sensors.content.text.markup import XML_FAULTS, read_xml
from sensors.content.text.notation import read_json
from sensors.content.text.page import read_html
from sensors.content.text.plain import read_text
from sensors.content.text.rich import read_rtf

_TEXT: tuple[Format, ...] = (
    Format(
        key="text",
        zh="纯文本",
        en="plain text",
        media="text/plain",
        reader=read_text,
        endings=("txt", "log", "ini", "conf", "yaml", "yml", "properties"),
    ),
    Format(
        key="markdown",
        zh="Markdown文本",
        en="Markdown",
        media="text/markdown",
        reader=read_markdown,
        endings=("md", "markdown"),
    ),
    Format(
        key="csv",
        zh="分隔符表格",
        en="delimited table",
        media="text/csv",
        reader=read_delimited,
        endings=("csv", "tsv", "tab", "psv"),
    ),
    Format(
        key="json",
        zh="JSON",
        en="JSON",
        media="application/json",
        reader=read_json,
        endings=("json", "jsonl", "ndjson", "geojson"),
    ),
    Format(
        key="xml",
        zh="XML",
        en="XML",
        media="application/xml",
        reader=read_xml,
        endings=("xml", "xsd", "xsl", "wsdl", "svg", "kml", "gpx"),
        faults=XML_FAULTS,
    ),
    Format(
        key="html",
        zh="网页",
        en="web page",
        media="text/html",
        reader=read_html,
        endings=("html", "htm", "xhtml"),
        faults=XML_FAULTS,
    ),
    Format(
        key="sql",
        zh="SQL转储",
        en="SQL dump",
        media="application/sql",
        reader=read_sql,
        endings=("sql", "dump"),
    ),
    Format(
        key="rtf",
        zh="RTF文档",
        en="Rich Text Format",
        media="application/rtf",
        reader=read_rtf,
    ),
    Format(
        key="eml",
        zh="邮件",
        en="mail",
        media="message/rfc822",
        reader=read_mail,
        endings=("eml", "mht", "mhtml"),
        faults=MAIL_FAULTS,
    ),
    Format(
        key="mbox",
        zh="邮箱文件",
        en="box of mails",
        media="application/mbox",
        reader=read_mbox,
        endings=("mbox", "mbx"),
        faults=MAIL_FAULTS,
    ),
    Format(
        key="pgp_text",
        zh="PGP加密文本",
        en="PGP message as text",
        media="application/pgp-encrypted",
        reader=read_enveloped,
    ),
)

_ARCHIVES: tuple[Format, ...] = (
    Format(
        key="zip",
        zh="ZIP压缩包",
        en="zip archive",
        media="application/zip",
        reader=read_zip,
        magic=((0, b"PK\x03\x04"), (0, b"PK\x05\x06"), (0, b"PK\x07\x08")),
        faults=ZIP_FAULTS,
    ),
    Format(
        key="tar",
        zh="TAR归档",
        en="tar archive",
        media="application/x-tar",
        reader=read_tar,
        magic=((257, b"ustar"),),
        faults=TAR_FAULTS,
    ),
    Format(
        key="gzip",
        zh="GZIP压缩",
        en="gzip",
        media="application/gzip",
        reader=read_gzip,
        magic=((0, b"\x1f\x8b\x08"),),
        faults=PACKED_FAULTS,
    ),
    Format(
        key="bzip2",
        zh="BZIP2压缩",
        en="bzip2",
        media="application/x-bzip2",
        reader=read_bzip2,
        magic=tuple((0, b"BZh%d1AY&SY" % level) for level in range(1, 10)),
        faults=PACKED_FAULTS,
    ),
    Format(
        key="xz",
        zh="XZ压缩",
        en="xz",
        media="application/x-xz",
        reader=read_xz,
        magic=((0, b"\xfd7zXZ\x00"),),
        faults=PACKED_FAULTS,
    ),
    Format(
        key="zstd",
        zh="ZSTD压缩",
        en="zstd",
        media="application/zstd",
        reader=read_zstd,
        magic=((0, b"\x28\xb5\x2f\xfd"),),
        faults=PACKED_FAULTS,
    ),
)

_FOREIGN: tuple[Format, ...] = tuple(
    Format(key=key, zh=zh, en=en, media=media, reader=read_foreign, magic=magic)
    for key, zh, en, media, magic in (
        (
            "7z",
            "7Z压缩包",
            "7z archive",
            "application/x-7z-compressed",
            ((0, b"7z\xbc\xaf\x27\x1c"),),
        ),
        ("rar", "RAR压缩包", "RAR archive", "application/vnd.rar", ((0, b"Rar!\x1a\x07"),)),
        (
            "cab",
            "CAB压缩包",
            "cabinet",
            "application/vnd.ms-cab-compressed",
            ((0, b"MSCF\0\0\0\0"),),
        ),
        ("iso", "光盘映像", "ISO 9660 image", "application/x-iso9660-image", ((32769, b"CD001"),)),
        ("rpm", "RPM软件包", "RPM package", "application/x-rpm", ((0, b"\xed\xab\xee\xdb"),)),
        ("ar", "AR归档", "ar archive", "application/x-archive", ((0, b"!<arch>\n"),)),
    )
)

_TABLES: tuple[Format, ...] = (
    Format(
        key="sqlite",
        zh="SQLite数据库",
        en="SQLite database",
        media="application/vnd.sqlite3",
        reader=read_sqlite,
        magic=((0, b"SQLite format 3\0"),),
        faults=SQLITE_FAULTS,
    ),
    Format(
        key="parquet",
        zh="Parquet列式文件",
        en="Parquet",
        media="application/vnd.apache.parquet",
        reader=read_parquet,
        magic=((0, b"PAR1"),),
        faults=PARQUET_FAULTS,
    ),
)

_PICTURES: tuple[Format, ...] = tuple(
    Format(key=key, zh=zh, en=en, media=media, reader=read_picture, magic=magic)
    for key, zh, en, media, magic in (
        ("png", "PNG图片", "PNG picture", "image/png", ((0, b"\x89PNG\r\n\x1a\n"),)),
        ("jpeg", "JPEG图片", "JPEG picture", "image/jpeg", ((0, b"\xff\xd8\xff"),)),
        ("gif", "GIF图片", "GIF picture", "image/gif", ((0, b"GIF87a"), (0, b"GIF89a"))),
        ("tiff", "TIFF图片", "TIFF picture", "image/tiff", ((0, b"II*\0"), (0, b"MM\0*"))),
        ("webp", "WebP图片", "WebP picture", "image/webp", ((8, b"WEBPVP8"),)),
        ("bmp", "BMP图片", "BMP picture", "image/bmp", ((0, b"BM"),)),
    )
)

_OLE2 = (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

_DOCUMENTS: tuple[Format, ...] = (
    Format(
        key="docx",
        zh="Word文档",
        en="Word document",
        media="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        members=("word/",),
        faults=ZIP_FAULTS,
        reader=read_docx,
    ),
    Format(
        key="xlsx",
        zh="Excel工作簿",
        en="Excel workbook",
        media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        members=("xl/",),
        faults=(*ZIP_FAULTS, *CALAMINE_FAULTS),
        reader=read_xlsx,
    ),
    Format(
        key="pptx",
        zh="PowerPoint演示文稿",
        en="PowerPoint presentation",
        media="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        members=("ppt/",),
        faults=ZIP_FAULTS,
        reader=read_pptx,
    ),
    Format(
        key="ofd",
        zh="OFD版式文档",
        en="OFD document",
        media="application/ofd",
        members=("OFD.xml",),
        faults=ZIP_FAULTS,
        reader=read_ofd,
    ),
    Format(
        key="odt",
        zh="ODF文本",
        en="OpenDocument text",
        media="application/vnd.oasis.opendocument.text",
        faults=ZIP_FAULTS,
        reader=read_opendocument,
    ),
    Format(
        key="ods",
        zh="ODF表格",
        en="OpenDocument spreadsheet",
        media="application/vnd.oasis.opendocument.spreadsheet",
        faults=(*ZIP_FAULTS, *CALAMINE_FAULTS),
        reader=read_ods,
    ),
    Format(
        key="odp",
        zh="ODF演示文稿",
        en="OpenDocument presentation",
        media="application/vnd.oasis.opendocument.presentation",
        faults=ZIP_FAULTS,
        reader=read_opendocument,
    ),
    Format(
        key="pdf",
        zh="PDF文档",
        en="PDF document",
        media="application/pdf",
        magic=((0, b"%PDF-"),),
        reader=read_pdf,
        faults=PDF_FAULTS,
    ),
    Format(
        key="doc",
        zh="Word 97文档",
        en="Word 97 document",
        media="application/msword",
        streams=("WordDocument",),
        reader=read_doc,
    ),
    Format(
        key="xls",
        zh="Excel 97工作簿",
        en="Excel 97 workbook",
        media="application/vnd.ms-excel",
        streams=("Workbook", "Book"),
        reader=read_xls,
        faults=CALAMINE_FAULTS,
    ),
    Format(
        key="ppt",
        zh="PowerPoint 97演示文稿",
        en="PowerPoint 97 presentation",
        media="application/vnd.ms-powerpoint",
        streams=("PowerPoint Document",),
        reader=read_ppt,
    ),
    Format(
        key="msg",
        zh="Outlook邮件",
        en="Outlook mail",
        media="application/vnd.ms-outlook",
        reader=read_msg,
        streams=("__properties_version1.0",),
        faults=MSG_FAULTS,
    ),
    Format(
        key="encrypted_office",
        zh="加密的Office文档",
        en="encrypted Office document",
        media="application/x-encrypted-office",
        reader=read_enveloped,
        streams=("EncryptedPackage",),
    ),
    Format(
        key="ole_package",
        zh="OLE嵌入对象",
        en="embedded OLE object",
        media="application/x-ole-package",
        reader=read_package,
        streams=("\x01Ole10Native", "Package", "CONTENTS", "EmbeddedOdf"),
    ),
    Format(
        key="ole2",
        zh="OLE2复合文档",
        en="OLE2 compound file",
        media="application/x-ole-storage",
        magic=(_OLE2,),
        reader=read_package,
    ),
)

_ROWS = (*_TEXT, *_DOCUMENTS, *_ARCHIVES, *_FOREIGN, *_TABLES, *_PICTURES, *NATURES)

FORMATS: dict[str, Format] = {row.key: row for row in _ROWS}
"""All formats by key. Of two rows that fit, the first one counts."""
