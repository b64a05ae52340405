"""Gradings of items, kept side by side and never changed; and what they and the origins say of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.evidence import citations, sights
from tutela.evidence.held import pointing_at, these
from tutela.evidence.rules import grading as rules
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import backend, journal
from tutela.store.documents import Document, bare, dashed, loads, new_ids
from tutela.store.write import Row, write


def grade(actor: Actor, item_id: str, reliability: str, credibility: str | int, note: str = "", bias: str = "") -> str:
    """Add a grading by this person; gives its id.  ``bias``: what this source covers less or more than others.

    An earlier one of the same person stays and no longer counts.  Raises ``record-unknown``, ``grade-unknown``, ``grade-long``.
    """
    require(actor, "grade")
    item = bare(item_id)
    if item not in sights.items(actor, [item]):
        raise TutelaError(problem("record-unknown", value=item_id))
    document: Document = {"item": item, "reliability": reliability.upper(), "credibility": str(credibility), "by": actor.id}
    document |= {key: text.strip() for key, text in (("note", note), ("bias", bias)) if text.strip()}
    problems = rules.check_grade(document)
    if problems:
        raise TutelaError(problems[0])
    document["credibility"] = int(document["credibility"])
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "evidence.grade") as change:
        write(change, [Row("grading", uuid, document, new=True)])
    return dashed(uuid)


def of(item_id: str) -> list[dict[str, Any]]:
    """All gradings of an item, the oldest first: {"id", "at", "reliability", "credibility", "note", "bias", "by", "counts"}.

    The caller has made sure that whoever asks may see the item.
    """
    return of_items([item_id]).get(bare(item_id), [])


def of_items(item_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """{bare id: its gradings as :func:`of` gives them}, items without one left out."""
    sql = ("SELECT t.uuid, r.uuid, p.document, c.at FROM store_record t JOIN store_link k ON k.target = t.id AND k.role = 'of' "
           "JOIN store_record r ON r.id = k.source JOIN store_line p ON p.seq = r.line JOIN store_change c ON c.id = p.change "
           "WHERE r.live AND r.kind = {kind} AND t.uuid IN {in} ORDER BY r.id")
    from tutela.store.kinds import KINDS

    found: dict[str, list[dict[str, Any]]] = {}
    for item, uuid, text, at in backend.select_in(sql.replace("{kind}", str(KINDS["grading"].code)), dict.fromkeys(map(bare, item_ids))):
        found.setdefault(item, []).append({"note": "", "bias": "", **loads(text), "id": dashed(uuid), "at": str(at)[:19]})
    for gradings in found.values():
        counting = {one["id"] for one in rules.newest(gradings)}
        for one in gradings:
            one["counts"] = one["id"] in counting
    return found


def origins(items: Mapping[str, Document]) -> list[rules.Origin]:
    """The independent origins of these items ({bare id: document}), with all that is known of where they come from."""
    return rules.origins(items, _ancestors(items), _sources(items))


def _ancestors(items: Mapping[str, Document]) -> dict[str, Document]:
    """All that these come from, one generation a query; what was met is not asked for again, so that loops end."""
    known: dict[str, Document] = {}
    waiting = {of for item in items.values() if (of := (item.get("origin") or {}).get("of"))} - items.keys()
    while waiting:
        found = {uuid: held.document for uuid, held in these(waiting).items() if held.kind == "item"}
        known.update({uuid: found.get(uuid, {}) for uuid in waiting})
        waiting = {of for item in found.values() if (of := (item.get("origin") or {}).get("of"))} - known.keys() - items.keys()
    return known


def _sources(items: Mapping[str, Document]) -> dict[str, list[Document]]:
    """{item: the ``source`` of each of its acquisitions}."""
    found: dict[str, list[Document]] = {}
    for item, pointing in pointing_at(items, "of").items():
        found[item] = [held.document["source"] for held in pointing if held.kind == "acquisition" and held.document.get("source")]
    return found


def corroboration(actor: Actor, record_id: str, part: str | None = None) -> dict[str, Any]:
    """How many independent origins stand behind a record (or one part of it), as far as the actor sees its items.

    {"independent": n, "stated": n of those with an item said to be original, "items": n, "changed": n of citations whose part was
    changed or is gone since, "origins": [{"root", "items": [{"item", "title", "gradings", "best"}], "stated", "reasons", "best"}]};
    ``part`` also takes what is said of parts below it and above it.  ``root`` and ``of`` are told only of items the actor sees.
    """
    cited = [one for one in citations.for_record(actor, record_id) if part is None or _touches(one["part"], part)]
    standing = [one for one in cited if one["state"] in ("as-cited", "moved") and not one["destroyed"]]
    items = sights.items(actor, dict.fromkeys(one["item"] for one in standing))
    ordered = {bare(one["item"]): items[bare(one["item"])] for one in standing}
    gradings = of_items(ordered)
    if not actor.audience:  # who graded is told to signed-in people alone
        gradings = {uuid: [{**one, "by": None} for one in rules.newest(found)] for uuid, found in gradings.items()}
    titles = {bare(one["item"]): one["title"] for one in standing}
    roots = origins(ordered)
    seen = {*items, *sights.items(actor, {uuid for one in roots for uuid in (one.root, *(r["of"] for r in one.reasons if "of" in r))})}
    told = [_told(one, titles, gradings, seen) for one in roots]
    return {"independent": len(told), "stated": sum(one["stated"] for one in told), "items": len(ordered),
            "changed": sum(one["state"] in ("changed", "gone") for one in cited), "origins": told}


def _touches(cited: str, part: str) -> bool:
    return cited in ("", part) or cited.startswith(f"{part}/") or part.startswith(f"{cited}/")


def _told(origin: rules.Origin, titles: dict[str, str], gradings: dict[str, list[dict[str, Any]]], seen: set[str]) -> dict[str, Any]:
    items = [{"item": dashed(uuid), "title": titles[uuid], "gradings": [one for one in gradings.get(uuid, []) if one["counts"]],
              "best": _grade(rules.best(gradings.get(uuid, [])))} for uuid in origin.items]
    reasons = [{key: dashed(value) if key in ("item", "of") else value for key, value in reason.items() if key != "of" or value in seen}
               for reason in origin.reasons]
    everyone = [one for uuid in origin.items for one in gradings.get(uuid, [])]
    return {"root": dashed(origin.root) if origin.root in seen else None, "items": items, "stated": origin.stated, "reasons": reasons,
            "best": _grade(rules.best(everyone))}


def _grade(grading: Any) -> dict[str, Any] | None:
    """The grade to show, and why it is that one."""
    if grading is None:
        return None
    return {"grade": f"{grading['reliability']}{grading['credibility']}", "by": grading.get("by"), "at": grading.get("at"),
            "note": grading.get("note", ""), "bias": grading.get("bias", "")}
