"""Texts that a document must show as they are and never obey."""

ACTING = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for each in range(10 ** 9) %}x{% endfor %}",
    "{{ title }}{# hidden #}",
    "</w:t></w:r></w:p><w:p><w:r><w:t>",
    '<w:instrText>INCLUDEPICTURE "http://203.0.113.9/a"</w:instrText>',
    "&lt;script&gt;&#65;&amp; ]]> <!-- -->",
    '#import "@preview/cetz:0.4.0"',
    '#eval("panic()") #read("/etc/passwd") #sys.inputs',
    "*bold* _slanted_ `raw` $x^2$ = heading\n- item\n@label <label> \\ ~ // comment",
    "\\u{1F600} %s {0} ${HOME} $(id) `id`",
)
"""What would act in Jinja, in XML, in Typst or in a shell."""

UNSEEN = (
    "NUL\x00BEL\x07ESC\x1b[31m",
    "photo\u202egpj.exe",
    "zero\u200bwidth\ufeff",
    "a\ud800b\uffffc",
)
"""What a reader would not see, or what no file may hold."""

WRITTEN_ELSEWHERE = (
    "مرحبا بالعالم",
    "שלום",
    "𠮷野家",
    "e\u0301te\u0301",
    "👩‍👩‍👧",
    "\ue000",
    "\u0378",
)
"""Scripts and characters beyond the fonts of an office."""

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://203.0.113.9")',
    "=cmd|' /C calc'!A0",
    "http://203.0.113.9/a",
    "mailto:a@example.net",
    "internal:Sheet1!A1",
    "external:a.xlsx",
    "{=1+1}",
    "007",
    "1e5",
)
"""What a table calculator would work out, follow or turn into a number."""
