"""The documents of the case, and their texts as they should be.

After a wanted change write them anew and read the difference:
`python -m tests.playbooks.document.golden`.
"""

import pathlib

from playbooks.document.block import Document, Language
from playbooks.document.data import (
    course_data,
    notice_data,
    report_data,
    scan_data,
    warning_data,
)
from playbooks.document.template import load_templates
from playbooks.document.word import word_of
from tests.playbooks.document import case
from tests.playbooks.document.reading import lines_of_word

FOLDER = pathlib.Path(__file__).parent / "texts"
TEMPLATES = load_templates()
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def data_of(name: str, *, drill_id: str | None = None) -> dict[str, object]:
    """Return the values of the case for a template."""
    if name in ("warning", "lift"):
        return warning_data(case.PLAN, case.warning(drill_id=drill_id, lifted=name == "lift"))
    if name == "scan":
        return scan_data(case.PLAN, case.scan_figures())
    kinds = {"report": "first", "closing": "closing", "pi_notice": "pi_persons"}
    if name in kinds:
        row = case.report(kind=kinds[name], drill_id=drill_id)
        return report_data(case.PLAN, row, case.incident())
    told = course_data if name == "course" else notice_data
    return told(
        case.PLAN,
        case.notice(drill_id=drill_id),
        feedbacks=case.feedbacks(),
        extensions=case.extensions(),
        items=case.items(),
        attachments=case.attachments(),
        course=case.course(),
    )


def notice_data_with(text: str, **changes: object) -> dict[str, object]:
    """Return the values of the case with `text` wherever a person can write."""
    feedbacks = case.feedbacks()
    for row in feedbacks:
        row.cause = row.measures = row.result = row.residual = row.opinion = text
        row.responsible = row.phone = text
    items, attachments = case.items(), case.attachments()
    for item in items:
        item.title = item.remark = text
    for attachment in attachments:
        attachment.name = text
    changes |= {"title_zh": text, "title_en": text, "fields": case.form(scope=text)}
    notice = case.notice(drill_id=None, **changes)
    return notice_data(case.PLAN, notice, feedbacks=feedbacks, items=items, attachments=attachments)


def document_of(name: str, language: Language, *, drill_id: str | None = None) -> Document:
    """Return the document of the case."""
    return TEMPLATES.fill(name, data_of(name, drill_id=drill_id), language)


def path_of(name: str, language: Language) -> pathlib.Path:
    """Return where the text of a document lies."""
    return FOLDER / f"{name}.{language}.txt"


def main() -> None:
    """Write the texts of all documents."""
    FOLDER.mkdir(exist_ok=True)
    for name in TEMPLATES.names:
        for language in LANGUAGES:
            lines = lines_of_word(word_of(document_of(name, language)))
            path_of(name, language).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
