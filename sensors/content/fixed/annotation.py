"""What is laid over the pages of a PDF: remarks, stamps, fields of forms, attached files.

Source: ISO 32000-1, 12.5 (annotations), 12.7 (forms), 14.9.3 (alternate descriptions).
"""

import ctypes
from collections.abc import Iterator

from pypdfium2 import PdfDocument, PdfPage, raw

from sensors.content.fixed.wide import wide

_TEXTS = ("Contents", "RC", "Subj", "T", "V", "DV", "TU")
"""Entries that hold text: remark, rich text, subject, author or name of a field, values, hint."""
_DEEPEST = 32
_MOST_ANNOTATIONS = 20_000


def annotation_texts(document: PdfDocument, page: PdfPage) -> Iterator[str]:
    """Yield what the annotations of a page say beside what their appearance shows."""
    for annotation in _annotations(page):
        seen: set[str] = set()
        for said in _said(document, annotation):
            if said.strip() and said not in seen:
                seen.add(said)
                yield said
        raw.FPDFPage_CloseAnnot(annotation)


def flattened(page: PdfPage) -> bool:
    """Make what the annotations of a page show a part of its content; tell whether there is any.

    What was drawn is seen by whoever loads the page again.
    """
    if raw.FPDFPage_GetAnnotCount(page.raw) <= 0:
        return False
    return bool(raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS)


def annotation_files(page: PdfPage) -> Iterator[tuple[str, bytes]]:
    """Yield name and octets of the files that hang on a page."""
    for annotation in _annotations(page):
        attachment = raw.FPDFAnnot_GetFileAttachment(annotation)
        if attachment:
            yield attached(attachment)
        raw.FPDFPage_CloseAnnot(annotation)


def _annotations(page: PdfPage) -> Iterator[raw.FPDF_ANNOTATION]:
    count = min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST_ANNOTATIONS)
    for at in range(count):
        annotation = raw.FPDFPage_GetAnnot(page.raw, at)
        if annotation:
            yield annotation


def _said(document: PdfDocument, annotation: raw.FPDF_ANNOTATION) -> Iterator[str]:
    for key in _TEXTS:
        yield wide(raw.FPDFAnnot_GetStringValue, annotation, key.encode())
    if document.formenv is not None:
        yield wide(raw.FPDFAnnot_GetFormFieldValue, document.formenv.raw, annotation)


def attached(attachment: raw.FPDF_ATTACHMENT) -> tuple[str, bytes]:
    """Return name and octets of an attached file; no octets where it cannot be unpacked."""
    name = wide(raw.FPDFAttachment_GetName, attachment)
    size = ctypes.c_ulong()
    raw.FPDFAttachment_GetFile(attachment, None, 0, size)
    buffer = (ctypes.c_char * size.value)()
    if not size.value or not raw.FPDFAttachment_GetFile(attachment, buffer, size.value, size):
        return name, b""
    return name, buffer.raw


def alternate_texts(page: PdfPage) -> Iterator[str]:
    """Yield the descriptions of pictures that the structure of a page has."""
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return
    for at in range(min(raw.FPDF_StructTree_CountChildren(tree), _MOST_ANNOTATIONS)):
        yield from _alternates(raw.FPDF_StructTree_GetChildAtIndex(tree, at), 0)
    raw.FPDF_StructTree_Close(tree)


def _alternates(element: raw.FPDF_STRUCTELEMENT, depth: int) -> Iterator[str]:
    if not element or depth > _DEEPEST:
        return
    said = wide(raw.FPDF_StructElement_GetAltText, element)
    if said.strip():
        yield said
    for at in range(raw.FPDF_StructElement_CountChildren(element)):
        yield from _alternates(raw.FPDF_StructElement_GetChildAtIndex(element, at), depth + 1)
