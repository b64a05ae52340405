"""The chain of custody in plain words: acts and reads in one line of time, reads of one person soon after one another as one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tutela.people.queries import names as people_names
from tutela.people.rules import Actor
from tutela.web import i18n
from tutela.web.views import evidence_words as words

Document = dict[str, Any]
TOGETHER = 15 * 60  # seconds between two reads by the same person that are shown as one line


def events(actor: Actor, chain: list[Any], seals: list[Document], lang: str) -> list[Document]:
    """What happened to an item, oldest first: {at, act, who, said, seal, kind, times}."""
    chain = [one if isinstance(one, dict) else one.as_dict() for one in chain]
    known = people_names({one["actor"] for one in chain}) if actor.may("read-journal-people") else {}

    def who(person: str) -> str:
        if person == actor.id:
            return i18n.t("you", lang)
        return known.get(person) or (i18n.t("person {id}", lang, id=person[:8]) if person not in ("operator", "system") else person)

    found = [_event(one, who(one["actor"]), lang) for one in chain]
    found += [
        {
            "at": one.get("made", ""),
            "act": i18n.t(words.ACTS["sealed"], lang),
            "who": "",
            "said": _sealed(one, lang),
            "seal": one["manifest"][:8],
            "kind": "seal",
            "times": 1,
            "key": ("seal", one["id"]),
        }
        for one in seals
    ]
    return [{**one, "at": one["at"][:16].replace("T", " ")} for one in _together(sorted(found, key=lambda one: one["at"][:19]))]


def _event(one: Document, who: str, lang: str) -> Document:
    details = one.get("details", {})
    said = [
        details.get("name", "") if one["act"] == "received" else "",
        details.get("collector", ""),
        i18n.t("to {name}", lang, name=details["to"]) if details.get("to") else "",
        i18n.t("by rule: {rule}", lang, rule=details["rule"]) if details.get("rule") else "",
        _purpose(details.get("purpose", ""), lang),
        details.get("note", "") if details.get("note") != details.get("purpose") else "",
    ]
    return {
        "at": one["at"],
        "act": i18n.t(words.ACTS.get(one["act"], one["act"]), lang),
        "who": who,
        "said": " · ".join(p for p in said if p),
        "seal": one["seal"][:8],
        "kind": "read" if one["source"] == "reads" else "event",
        "times": 1,
        "key": (one["source"], one["actor"], one["act"], details.get("purpose", "")),
    }


def _purpose(text: str, lang: str) -> str:
    own = {"working copies": "for working copies", "redaction": "for a redacted copy", "playing": "played", "download": "downloaded"}
    return i18n.t(own[text], lang) if text in own else text


def _sealed(seal: Document, lang: str) -> str:
    stamped = any(stamp.get("token") for stamp in seal.get("stamps", ()))
    return i18n.t("signed, time stamped" if stamped else "signed; its time stamp is still to come", lang)


def _together(found: list[Document]) -> list[Document]:
    out: list[Document] = []
    for one in found:
        last = out[-1] if out else None
        if last and one["kind"] == "read" and last["key"] == one["key"] and _seconds(last["last"], one["at"]) < TOGETHER:
            last["times"] += 1
            last["last"], last["seal"] = one["at"], one["seal"]
        else:
            out.append({**one, "last": one["at"]})
    return out


def _seconds(first: str, second: str) -> float:
    try:
        return abs((datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds())
    except (ValueError, TypeError):
        return TOGETHER
