"""Documents written to files: whole or absent, and journalled as an act of reading out (nothing in the register changes)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.reports.moment import Known
from tutela.reports.queries import damaged_list

declare(
    {
        "report-format": ("“{value}” is not a format of this report.", "End the file's name with .xlsx, .csv, .pdf or .json."),
        "report-unwritable": ("{value} cannot be written: {reason}.", "Choose another folder or file name."),
    }
)


FORMATS = (".xlsx", ".csv", ".pdf", ".json")


def write_damaged(actor: Actor, out: Path, *, query: str = "", audience: str | None = None, as_of: date | str | None = None,
                  known_at: Known = None, since: date | str | None = None, by: str = "") -> dict[str, Any]:
    """Write the damaged-places list as XLSX, CSV, PDF or JSON (by the file's ending).  Gives what was written.

    Beside a CSV lie its summary (``.summary.csv``) and what must be known with it (``.about.txt``).
    """
    require(actor, "export")
    out = Path(out)
    kind = out.suffix.lower()
    if kind not in FORMATS:
        raise TutelaError(problem("report-format", value=out.name), EXIT_USAGE)
    listed = damaged_list(actor, query, audience=audience, as_of=as_of, known_at=known_at, since=since, by=by)
    written = {out: _render(kind, listed)}
    if kind == ".csv":
        from tutela.reports.tables import about_text, summary_csv

        written[out.with_suffix(".summary.csv")] = summary_csv(listed)
        written[out.with_suffix(".about.txt")] = about_text(listed).encode()
    for path, data in written.items():
        _whole(path, data)
    return {
        "file": str(out),
        "files": [str(path) for path in written],
        "bytes": len(written[out]),
        "places": listed.documented,
        "documented": listed.documented,
        "verified": listed.verified,
        **({"newly": listed.total.newly} if listed.total and listed.total.newly is not None else {}),
        "as_of": listed.as_of.isoformat(),
        "known_at": str(listed.known_at),
        "audience": listed.audience,
        "revision": listed.revision,
    }


def _render(kind: str, listed: Any) -> bytes:
    if kind == ".pdf":
        from tutela.reports.damaged_pdf import damaged_pdf

        return damaged_pdf(listed)
    if kind == ".xlsx":
        from tutela.reports.workbook import damaged_xlsx

        return damaged_xlsx(listed)
    if kind == ".json":
        from tutela.reports.damaged_json import damaged_json

        return damaged_json(listed)
    from tutela.reports.tables import damaged_csv

    return damaged_csv(listed)


def _whole(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TutelaError(problem("report-unwritable", value=path, reason=error.strerror or error)) from None
