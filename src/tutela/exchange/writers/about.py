"""What every export carries beside its places, in every format: see :func:`begin` for the keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tutela import __version__
from tutela.people.rules import AUDIENCES
from tutela.vocabulary import disclaimer

BOUNDARIES, NAMES = disclaimer.text("boundaries"), disclaimer.text("names")
PRECISION = ("Positions are given as the audience “{audience}” may see them. Each place states its own in the column "
             "“precision”: as-held, or the grid in degrees (0.001, 0.01, 0.1, 1) whose cell's centre is given instead of "
             "the position, or withheld. Places this audience may not know of are absent, and not counted.")
LISTED_SOURCES = 1000


def begin(*, title: str, audience: int, query: str, places: int, head: tuple[int, str]) -> dict[str, Any]:
    """What is known before the first place is read.  ``head`` the journal's last line (number, chain value)."""
    name = AUDIENCES[audience]
    return {
        "title": title,
        "disclaimer": BOUNDARIES,
        "names_note": NAMES,
        "date": datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z",
        "audience": name,
        "filter": query,
        "places": places,
        "precision": PRECISION.format(audience=name),
        "journal": {"line": head[0], "digest": head[1]},
        "made_with": f"Tutela {__version__}",
        "crs": "EPSG:4326, longitude and latitude in degrees (WGS 84)",
    }


class Tally:
    """What is known only at the end: how precisely places were given, and whose data they are."""

    def __init__(self) -> None:
        self.precisions: dict[str, int] = {}
        self.without_details = 0
        self.sources: dict[tuple[str, str | None, str | None], int] = {}

    def add(self, document: dict[str, Any], precision: str) -> None:
        self.precisions[precision] = self.precisions.get(precision, 0) + 1
        for source in document.get("sources") or ():
            key = (source.get("title") or source.get("key", ""), source.get("licence"), source.get("uri"))
            if key in self.sources or len(self.sources) < 100 * LISTED_SOURCES:
                self.sources[key] = self.sources.get(key, 0) + 1

    def complete(self, about: dict[str, Any]) -> dict[str, Any]:
        """``about`` with ``precision_counts``, ``withheld`` (places shown at less than the precision held) and
        ``attribution`` (sources with licence, the most used first)."""
        most = sorted(self.sources.items(), key=lambda item: (-item[1], item[0][0]))
        listed = [{"title": title, "licence": licence or "not stated", **({"uri": uri} if uri else {}), "places": n}
                  for (title, licence, uri), n in most[:LISTED_SOURCES]]
        if len(most) > LISTED_SOURCES:
            listed.append({"title": f"and {len(most) - LISTED_SOURCES} more, named with each place", "licence": "named with each place"})
        withheld = sum(n for name, n in self.precisions.items() if name != "as-held")
        return {**about, "precision_counts": dict(sorted(self.precisions.items())), "withheld": withheld, "attribution": listed}


def lines_of(about: dict[str, Any]) -> list[tuple[str, str]]:
    """(heading, text) for people, in the order to be read."""
    shown = [
        ("Title", about["title"]), ("Disclaimer", about["disclaimer"]), ("Names", about["names_note"]), ("Date", about["date"]),
        ("Audience", about["audience"]), ("Filter", about["filter"] or "none: all places this audience may see"),
        ("Places", str(about["places"])), ("Precision", about["precision"]),
        ("Precision given", ", ".join(f"{name}: {n}" for name, n in about["precision_counts"].items()) or "no places"),
        ("Journal head", f"line {about['journal']['line']}, {about['journal']['digest']}"),
        ("Coordinates", about["crs"]), ("Made with", about["made_with"]),
    ]  # fmt: skip
    return shown + [("Source", f"{s['title']} ({s['licence']})" + (f" {s['uri']}" if "uri" in s else "")) for s in about["attribution"]]


def text_of(about: dict[str, Any]) -> str:
    """The same as plain text."""
    return "\n".join(f"{head}: {text}" for head, text in lines_of(about))
