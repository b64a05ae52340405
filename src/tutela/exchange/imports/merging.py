"""Putting together what several rows say of one place, and what a list says of a place the register holds already."""

from __future__ import annotations

from typing import Any

from tutela.exchange.imports.staging import Staged

Document = dict[str, Any]

#: List fields whose items carry the key of the source that gave them.
SOURCED = (
    "names",
    "types",
    "functions",
    "dating",
    "areas",
    "identifiers",
    "protections",
    "significance",
    "characteristics",
    "descriptions",
    "geometries",
)


def join(key: str, parts: list[tuple[Any, ...]], mains: int = 1) -> Staged:
    """Rows with one key: lists are united without repetition, single values are the first row's.

    The first ``mains`` parts are rows of the main table; ``odd`` are those among them that look like a mistake: they
    repeat a row, or speak of another place.
    """
    own, file, row, place, assessments = parts[0]
    odd = [
        (file, row)
        for n, (_, file, row, more, _) in enumerate(parts[:mains])
        if n and (_repeats(parts[n], parts[:n]) or _contradicts(place, more))
    ]
    place, rows = dict(place), [(file, row)]
    all_assessments = list(assessments)
    for other_id, file, row, more, more_assessments in parts[1:]:
        own = own or other_id
        rows.append((file, row))
        for name, value in more.items():
            if isinstance(value, list) and name in place:
                place[name] = place[name] + [item for item in value if item not in place[name]]
            else:
                place.setdefault(name, value)
        all_assessments += [a for a in more_assessments if a not in all_assessments]
    return Staged(key, own, rows, place, all_assessments, odd)


def _repeats(part: tuple[Any, ...], before: list[tuple[Any, ...]]) -> bool:
    return any(part[3:] == other[3:] for other in before)


def _contradicts(one: Document, other: Document) -> bool:
    """Another single value; or names of which none is the same, and points more than a hundredth of a degree apart."""
    for name in one.keys() & other.keys():
        if not isinstance(one[name], list) and one[name] != other[name]:
            return True
    names = [{n.get("text") for n in d.get("names", ())} for d in (one, other)]
    points = [g["geojson"]["coordinates"][:2] for d in (one, other) for g in d.get("geometries", ())[:1] if g["geojson"]["type"] == "Point"]
    apart = len(points) == 2 and max(abs(a - b) for a, b in zip(*points, strict=True)) > 0.01
    return bool(names[0] and names[1] and not names[0] & names[1] and apart)


def updated(held: Document, given: Document, source: str) -> Document:
    """The held document with what this source now says.

    In a list, the source's own items are replaced by those it gives now, where it gives any; the items of other
    sources, and those entered by people, stay (numbers and footprints too, see :func:`_stays`).  A single value is
    replaced only where the source gives one.
    """
    out = dict(held)
    for name, value in given.items():
        if name == "sources":
            continue
        if name in SOURCED and name in held:
            kept = [item for item in held[name] if item.get("source") != source or _stays(name, item, value)]
            out[name] = _in_held_order(held[name], kept + [item for item in value if item not in kept])
        else:
            out[name] = value
    if "sources" in given:
        kept = [s for s in held.get("sources", ()) if s["key"] != source]
        out["sources"] = kept + given["sources"]
    return out


def _stays(name: str, item: Any, given: list[Any]) -> bool:
    """A number once given stays findable; a footprint stays when a release gives only the centre."""
    if name == "identifiers":
        return all((item["scheme"], item["value"]) != (new["scheme"], new["value"]) for new in given)
    if name == "geometries":
        return all(item.get("role") != new.get("role") for new in given)
    return False


def _in_held_order(held: list[Any], new: list[Any]) -> list[Any]:
    """Order within a list is not a change: items that were there keep their places."""
    return [item for item in held if item in new] + [item for item in new if item not in held]


def differences(before: Document, after: Document) -> list[str]:
    """The fields in which two documents differ, apart from where the list is kept (``sources``)."""
    return sorted(name for name in before.keys() | after.keys() if name != "sources" and before.get(name) != after.get(name))


def same_source_line(before: Document, after: Document) -> bool:
    return before.get("sources") == after.get("sources")


def assessment_key(assessment: Document) -> tuple[Any, ...]:
    """By what a later release finds the assessment it repeats: its source and its two times."""
    return (assessment.get("source", {}).get("key"), assessment.get("observed"), assessment.get("recorded"))


def updated_assessment(held: Document, given: Document) -> Document:
    """The held assessment with what its source now says.  Order within a list is not a change, and a damage that is
    still named keeps its key, so that what cites it goes on citing it."""
    out = dict(given)
    for name in ("threats", "recommendations", "interventions"):
        if name in held and name in given:
            out[name] = _in_held_order(held[name], given[name])
    if held.get("damages") and given.get("damages"):
        out["damages"] = _damages(held["damages"], given["damages"])
    return out


def _damages(held: list[Document], given: list[Document]) -> list[Document]:
    def content(damage: Document) -> Document:
        return {k: v for k, v in damage.items() if k != "key"}

    wanted = [content(d) for d in given]
    kept = [d for d in held if content(d) in wanted]
    number = max((int(d["key"][1:]) for d in held if d.get("key", "")[1:].isdigit()), default=0)
    known = [content(d) for d in held]
    fresh = [d for d in wanted if d not in known]
    return kept + [{"key": f"d{number + i}", **d} for i, d in enumerate(fresh, 1)]
