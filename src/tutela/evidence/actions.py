"""Mending what is said of an item: its words, the places it concerns, who may see it, where it comes from.  Never its bytes."""

from __future__ import annotations

from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import queries
from tutela.evidence.rules.media import may_be
from tutela.evidence.rules.validation import EDITABLE, check_description
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store import search as store_search
from tutela.store.documents import bare
from tutela.store.write import Row, write

declare({
    "item-refused": ("What is said of the item was not kept: {reason}", "Mend what is named, then save again."),
    "item-key": ("{column} of an item cannot be changed.", "Its bytes, and what follows from them, stay as they came in."),
})


class Refused(TutelaError):
    """The rules refuse it; ``problems`` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problem("item-refused", reason=" ".join(p.message for p in problems)))
        self.problems = problems


def describe(actor: Actor, item_id: str, changes: dict[str, Any], why: str = "", expected: int | None = None) -> None:
    """Replace keys of an item (``rules.validation.EDITABLE``); None takes one away.

    ``expected`` the journal line the person saw (``line`` of ``queries.item``): a newer one refuses the write.  Who may see it
    is changed by those who may ``handle``.  Raises :class:`Refused`, ``record-unknown``, ``changed-meanwhile``, ``not-allowed``.
    """
    require(actor, "add-evidence")
    queries.visible(actor, item_id)
    held, line = queries.held_item(item_id)
    after = _changed(held, changes)
    if after.get("handling") != held.get("handling"):
        require(actor, "handle")
    problems = _check(actor, bare(item_id), held, after, changes)
    if problems:
        raise Refused(problems)
    action = "evidence.handling" if set(changes) == {"handling"} else "evidence.describe"
    with journal.change(actor.id, action, why) as change:
        write(change, [Row("item", bare(item_id), after, expected=line if expected is None else expected)])


def _changed(held: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The document with these keys replaced; ids in their bare spelling, empty values left out."""
    after = dict(held)
    for key, value in changes.items():
        if key == "places" and isinstance(value, (list, tuple)):
            value = list(dict.fromkeys(bare(one) if isinstance(one, str) else one for one in value))
        if key == "origin" and isinstance(value, dict) and isinstance(value.get("of"), str):
            value = {**value, "of": bare(value["of"])}
        if value in (None, "", [], {}):
            after.pop(key, None)
        else:
            after[key] = value
    return after


def _check(actor: Actor, uuid: str, held: dict[str, Any], after: dict[str, Any], changes: dict[str, Any]) -> list[Problem]:
    found = [problem("item-key", column=key) for key in changes if key not in EDITABLE]
    found += check_description({key: after[key] for key in EDITABLE if key in after})
    if found:
        return found
    if "form" not in after or not may_be(after["media_type"], after["form"]):
        found.append(problem("media-form", file=after.get("title", ""), value=after["media_type"], form=after.get("form", "")))
    new = [place for place in after.get("places", ()) if place not in held.get("places", ())]
    found += [problem("record-unknown", column="places", value=place) for place in new if store_search.read(place, actor.audience) is None]
    of = after.get("origin", {}).get("of")
    if of and (of == uuid or not queries.sees(actor, of)):
        found.append(problem("record-unknown", column="origin.of", value=of))
    return found
