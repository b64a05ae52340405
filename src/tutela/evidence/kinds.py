"""What the store must know of the documents of this room (docs/records.md describes them)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tutela.evidence.rules import citations, likeness
from tutela.people.rules import EVIDENCE_FROM
from tutela.store.kinds import LEVELS, Kind, Table, View, register, register_check, register_restored
from tutela.vocabulary.folding import fold

Document = dict[str, Any]
WITNESSED = -1  # stands for a place in evidence_item: whether everybody sees the item is asked of its witnesses' consents


def level(item: Document) -> int:
    """The lowest audience that may see an item, by its own mark; an unmarked one is restricted."""
    return EVIDENCE_FROM[item.get("handling", {}).get("mark", "restricted")]


def _item_keys(item: Document) -> Iterable[tuple[str, str]]:
    return (("sha256", item["digest"]),)


def _item_links(item: Document) -> Iterable[tuple[str, str]]:
    links = [("concerns", place) for place in item.get("places", ())]
    if "origin" in item and "of" in item["origin"]:
        links.append(("from", item["origin"]["of"]))
    return links + [("witnessed", witness) for witness in item.get("witnesses", ())]


def _item_views(item: Document, dependants: list[tuple[str, Document]]) -> list[View]:
    text = " ".join(str(item[key]) for key in ("title", "description") if key in item)
    facets = {"form": (item["form"],), "media": (item["media_type"],), "handling": (item.get("handling", {}).get("mark", "restricted"),)}
    return [View(level(item), LEVELS - 1, fold(item.get("title", "")), "", ids=item["digest"][:16], text=fold(text), facets=facets)]


def _item_rows(record: int, item: Document, ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    held = item.get("state", "held") == "held"
    witnessed = (WITNESSED,) if item.get("witnesses") else ()
    return [(record, place, held) for place in (*dict.fromkeys(ids[uuid] for uuid in item.get("places", ())), *witnessed) or (0,)]


def _of_item(document: Document) -> Iterable[tuple[str, str]]:
    return (("of", document["item"]),)


def _copy_keys(copy: Document) -> Iterable[tuple[str, str]]:
    return (("sha256", copy["digest"]), *(likeness.keys(copy["likeness"]) if "likeness" in copy else ()))


def _citation_links(citation: Document) -> Iterable[tuple[str, str]]:
    return (("cites", citation["item"]), ("supports", citation["record"]))


def _citation_rows(record: int, citation: Document, ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    return ((record, ids[citation["item"]], ids[citation["record"]], citations.head(citation)[:40]),)


def _seal_links(seal: Document) -> Iterable[tuple[str, str]]:
    return [("seals", item) for item in seal["items"]]


def _witness_keys(witness: Document) -> Iterable[tuple[str, str]]:
    return (("pseudonym", witness["pseudonym"]),)


ITEM = Kind("item", 4, keys=_item_keys, links=_item_links, views=_item_views,
            tables=(Table("evidence_item", ("record", "place", "held"), _item_rows),))
ACQUISITION = Kind("acquisition", 5, links=_of_item)
CUSTODY = Kind("custody", 6, links=_of_item)
COPY = Kind("copy", 7, keys=_copy_keys, links=_of_item)
CITATION = Kind("citation", 8, links=_citation_links,
                tables=(Table("evidence_citation", ("record", "item", "target", "part"), _citation_rows),))
GRADING = Kind("grading", 9, links=_of_item)
SEAL = Kind("seal", 10, links=_seal_links)
WITNESS = Kind("witness", 11, keys=_witness_keys)


def register_all() -> None:
    for kind in (ITEM, ACQUISITION, CUSTODY, COPY, CITATION, GRADING, SEAL, WITNESS):
        register(kind)
    register_check("Evidence", _check_files)
    register_check("Log of reads", _check_reads)
    register_check("Witnesses", _check_witnesses)
    register_check("Seals", _check_seals)
    register_restored(_restored)


def _check_files() -> Iterator[str]:
    from tutela.evidence.checks import check_files

    return check_files()


def _check_reads() -> Iterator[str]:
    from tutela.evidence.reads import check

    return check()


def _check_seals() -> Iterator[str]:
    from tutela.evidence.seals import findings

    return findings()


def _check_witnesses() -> Iterator[str]:
    from tutela.evidence.witnesses import check

    return check()


def _restored() -> None:
    from tutela.evidence.checks import drop_unnamed

    drop_unnamed()
