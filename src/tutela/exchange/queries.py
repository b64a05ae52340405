"""The readers of imports."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.exchange.models import Import
from tutela.people.queries import names
from tutela.people.rules import Actor


def imports(actor: Actor, most: int = 200) -> list[dict[str, Any]]:
    """The imports, newest first: number, day, who, files, mapping, state and counts.  Nothing for those who may not import."""
    if not actor.may("dry-run"):
        return []
    found = list(Import.objects.order_by("-id").values("id", "made", "actor", "files", "mapping", "state", "change", "report")[:most])
    known = names({f["actor"] for f in found})
    return [
        {
            "import": f["id"],
            "at": f["made"].isoformat(timespec="seconds"),
            "by": known.get(f["actor"], f["actor"]),
            "files": [file["name"] for file in f["files"]],
            "mapping": f["mapping"],
            "state": f["state"],
            "change": f["change"],
            **{k: f["report"].get(k, 0) for k in ("rows", "places", "created", "updated", "unchanged", "refused_rows")},
        }
        for f in found
    ]


def report(actor: Actor, import_id: int) -> dict[str, Any]:
    """One import's whole report, with its mapping.  Raises ``import-unknown``."""
    found = Import.objects.filter(pk=import_id).first() if actor.may("dry-run") else None
    if found is None:
        raise TutelaError(problem("import-unknown", value=import_id))
    return {
        **found.report,
        "import": found.id,
        "state": found.state,
        "mapping_text": found.mapping_text,
        "files": found.files,
        "at": found.made.isoformat(timespec="seconds"),
        "by": names({found.actor}).get(found.actor, found.actor),
        "change": found.change,
    }


def change_of(number: int) -> int | None:
    """The change that an import of this number wrote; None where it wrote nothing.

    Addresses kept from Tutela 0.1.0 gave the change's own number: where no import of this number wrote anything, it is read so.
    """
    own = Import.objects.filter(pk=number, change__isnull=False).values_list("change", flat=True).first()
    return own if own is not None else Import.objects.filter(change=number).values_list("change", flat=True).first()


def attributions() -> list[dict[str, str]]:
    """The sources of what has been imported, each once: title, licence, address."""
    found: dict[str, dict[str, str]] = {}
    for text in Import.objects.filter(state="committed").values_list("mapping_text", flat=True).distinct():
        source = _source_of(text)
        if source.get("title"):
            found[source["title"]] = {"title": source["title"], "licence": source.get("licence", ""), "href": source.get("uri", "")}
    return [found[title] for title in sorted(found)]


@lru_cache(64)
def _source_of(text: str) -> dict[str, str]:
    from tutela.exchange.mapping.model import read

    try:
        return {k: str(v) for k, v in read(text).source.items()}
    except TutelaError:
        return {}
