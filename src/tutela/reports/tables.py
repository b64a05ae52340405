"""The damaged-places list as CSV, and the lines that say what any table of ours is.

CSV: UTF-8 with a byte order mark (a spreadsheet then reads every script), commas, CRLF (RFC 4180), an HXL row under
the headings.
"""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from tutela.reports.columns import Value, columns
from tutela.reports.damaged import DamagedList
from tutela.reports.damaged_pdf import facts
from tutela.vocabulary import disclaimer

# What a spreadsheet takes for the start of a formula, full-width forms included (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def damaged_csv(listed: DamagedList, *, hxl: bool = True) -> bytes:
    """The list, a row a place.  Text that a spreadsheet would run gets a leading apostrophe; numbers stay numbers."""
    layout = columns(listed)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column in layout])
    if hxl:
        writer.writerow([column.tag for column in layout])
    writer.writerows([guarded(column.value(row)) for column in layout] for row in listed.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


SUMMARY = (
    ("Table", "#meta+table"), ("Line", "#loc+group+name"), ("Code", "#loc+group+code"), ("Documented", "#indicator+damaged+documented+num"),
    ("Verified", "#indicator+damaged+verified+num"), ("Newly damaged", "#indicator+damaged+new+num"), ("Places", "#indicator+places+num"),
    ("Assessed", "#indicator+places+assessed+num"), ("The records, as a query", "#meta+query"),
)


def summary_csv(listed: DamagedList) -> bytes:
    """The figures as a table of their own: a line for every category and region, zeros too, an HXL row under the headings."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading for heading, _tag in SUMMARY])
    writer.writerow([tag for _heading, tag in SUMMARY])
    whole = [("all", listed.total)] if listed.total else []
    for table, count in [*whole, *((block.name, count) for block in listed.tables() for count in block.counts)]:
        cells = (table, count.label, count.code, count.documented, count.verified, count.newly, count.places, count.found, count.query)
        writer.writerow([guarded(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def guarded(value: Value) -> str | int | float:
    """A cell no spreadsheet will run; absent is empty, NUL is dropped."""
    if value is None:
        return ""
    return _guarded(value) if isinstance(value, str) else value


@lru_cache(20_000)
def _guarded(value: str) -> str:
    """Most cells of a long list say what others say."""
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(_FORMULA) else text


def about(listed: DamagedList) -> list[tuple[str, str]]:
    """Heading and text of everything one must know with a table: identity, disclaimers, sources."""
    article = [("", disclaimer.text("article-11-4", listed.lang))] if listed.article_11_4 else []
    return [
        ("Title", listed.title),
        *([("Issued by", listed.issuer)] if listed.issuer else []),
        *((head, text) for head, text in facts(listed)),
        ("Disclaimer", disclaimer.text("boundaries", listed.lang)),
        *article,
        ("", disclaimer.text("not-exhaustive", listed.lang)),
        ("Counts", disclaimer.text("counts", listed.lang)),
        ("Names", disclaimer.text("names", listed.lang)),
        *(("Source", text) for text in listed.sources),
        *(("Note", text) for text in listed.notes),
        *(
            (disclaimer.LANGUAGE_NAMES[lang], disclaimer.text("boundaries", lang))
            for lang in disclaimer.LANGUAGES
            if lang != listed.lang
        ),
    ]


def about_text(listed: DamagedList) -> str:
    """The same as plain text, to lie beside a CSV that cannot hold it."""
    return "".join(f"{head}: {text}\n" if head else f"{text}\n" for head, text in about(listed))
