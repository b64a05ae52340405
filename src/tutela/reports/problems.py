"""The coded errors of this room."""

from __future__ import annotations

from tutela.errors import declare

declare({
    "report-template-missing": (
        "There is no report template called {value}.",
        "Use one of: {known}.",
    ),
    "report-not-typeset": (
        "The PDF could not be typeset: {reason}.",
        "Export the list as XLSX or CSV meanwhile, and report this message.",
    ),
    "report-too-long-for-pdf": (
        "The list has {count} rows; a PDF holds {most}.",
        "Narrow the filter, or export XLSX or CSV.",
    ),
    "report-too-many-rows": (
        "The list has {count} rows; a worksheet holds {most}.",
        "Narrow the filter, or export CSV, which has no limit.",
    ),
})
