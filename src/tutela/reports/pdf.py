"""PDF by Typst: a template, plain data, a date.  The same three give the same bytes.

The data reach the template as JSON, never as source: a name like ``#eval(…)`` or ``$x$`` stays just that.  The result
is PDF/A-2b, set only with the fonts in ``fonts/``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.reports import problems  # noqa: F401  (declares the codes)
from tutela.reports.fonts import typst_fonts
from tutela.reports.plain import tidy

TEMPLATES = Path(__file__).parent / "templates"


def render_pdf(template: str, data: dict[str, Any], *, created: datetime) -> bytes:
    """Typeset ``templates/<template>.typ`` with ``data`` (anything JSON can hold).

    ``created`` is the document's date; without a zone it is taken as UTC.  Raises :class:`TutelaError` with
    ``report-template-missing`` or ``report-not-typeset``.
    """
    path = TEMPLATES / f"{template}.typ"
    known = sorted(found.stem for found in TEMPLATES.glob("*.typ") if not found.stem.startswith("_"))
    if template not in known:
        raise TutelaError(problem("report-template-missing", value=template, known=", ".join(known)))
    import typst

    moment = created if created.tzinfo else created.replace(tzinfo=UTC)
    moment = moment.astimezone(UTC).replace(microsecond=0)
    document = {**tidy(data), "created": [moment.year, moment.month, moment.day]}
    try:
        return typst.compile(
            str(path),
            root=str(TEMPLATES),
            font_paths=typst_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(document, ensure_ascii=False)},
            format="pdf",
            pdf_standards="a-2b",
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise TutelaError(problem("report-not-typeset", reason=error.message)) from error
