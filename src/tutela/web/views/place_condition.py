"""Condition on the page of a place: its state at two times, the series, disagreement and consensus, before and after."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from tutela.assessment import queries
from tutela.assessment.rules.series import counts
from tutela.assessment.rules.state import State, moment_of
from tutela.errors import TutelaError
from tutela.people.rules import Actor
from tutela.web import i18n
from tutela.web.partlines import part_lines
from tutela.web.views import condition_words as words

Document = dict[str, Any]
ASKED = ("as_of", "known_at", "since")


class PlaceCondition:
    """What the page says of a place's condition.  ``as_of``, ``known_at`` and ``since`` come from the address."""

    def __init__(self, actor: Actor, place: str, series: list[Document], request: HttpRequest, details: bool = True) -> None:
        self.actor, self.place, self.lang = actor, place, actor.language
        self.series, self.details = series, details
        self.asked = {name: request.GET.get(name, "").strip()[:60] for name in ASKED}
        self.query = request.GET.get("q", "")
        self.problem: Any = None
        self.found, self.trend, self.between = State(), None, None
        try:
            self._derive(**{key: value or None for key, value in self.asked.items()})
        except TutelaError as error:
            self.problem = error.problem
            self.asked = dict.fromkeys(ASKED, "")
            self._derive(None, None, None)

    def _derive(self, as_of: str | None, known_at: str | None, since: str | None) -> None:
        self.found = queries.state(self.actor, self.place, as_of, known_at)
        self.trend = queries.trend(self.actor, self.place, as_of, known_at)
        self.between = queries.between(self.actor, self.place, since, as_of, known_at) if since else None

    def t(self, text: str, **values: object) -> str:
        return i18n.t(text, self.lang, **values)

    @cached_property
    def consensuses(self) -> list[Document]:
        return queries.consensuses(self.actor, self.place)

    @cached_property
    def known(self) -> list[Document]:
        """The series, with the consensuses, as it stood at ``known_at``."""
        if not self.asked["known_at"]:
            return [*self.series, *self.consensuses]
        moment = moment_of(self.asked["known_at"]) or ""
        out = []
        for one in queries.history(self.actor, self.place):
            stood = [version for version in one["versions"] if version["at"] <= moment]
            if stood and stood[-1]["document"] is not None:
                out.append({**stood[-1]["document"], "id": one["id"]})
        return out

    def context(self) -> Document:
        """For ``parts/place_state.html`` and ``parts/place_condition.html``."""
        lines = [words.line(one, self.actor) for one in sorted(self.known, key=_order)]
        return {
            "asked": self.asked,
            "q": self.query,
            "details": self.details,
            "asking": any(self.asked.values()),
            "problem": self.problem,
            "day": self.asked["as_of"] or date.today().isoformat(),
            "state": self.state(self.found),
            "trend": self._answer(self.trend, words.TRENDS),
            "elements": [{"key": key, "name": self._part(key), **self.state(one)} for key, one in self.found.elements.items()],
            "parts_svg": part_lines(self._part_series(), rtl=i18n.direction(self.lang) == "rtl", say=self.t)
            if self.found.elements and self.details
            else "",
            "lines": lines,
            "disagreement": self.disagreement(),
            "consensuses": [self.consensus(one) for one in self.consensuses],
            "between": self._between(),
            "waiting": sum(1 for one in self.known if not counts(one)),
            "consensus_href": self.consensus_href(),
            "pictures_href": f"/places/{self.place}/pictures/",
        }

    def state(self, found: State) -> Document:
        text = words.condition(found.condition, self.lang)
        if found.extent:
            text += f", {words.extent(found.extent, self.lang)}"
        return {
            "code": "good" if found.condition == "no-damage" else found.condition,
            "words": text,
            "none": found.condition == "none",
            "reason": words.reason(found.reason, self.lang),
            "href": f"/assessments/{found.finding}/" if found.finding else "",
            "since": found.since or "",
            "observed": found.observed or "",
            "certainty": found.certainty,
            "certain": self.t(words.CERTAIN[found.certainty]) if words.CERTAIN[found.certainty] else "",
            "damage": self.t(words.DAMAGE[found.damage]),
            "risk": words.word("risk-bands", found.risk, self.lang),
            "urgency": words.word("priority", found.urgency, self.lang),
            "unseen": self._unseen(found.unseen),
        }

    def _unseen(self, unseen: Document | None) -> Document | None:
        if not unseen:
            return None
        return {
            "href": f"/assessments/{unseen['id']}/",
            "words": self.t(
                "{outcome} on a later visit ({day})",
                outcome=words.word("outcomes", unseen["outcome"], self.lang),
                day=unseen.get("observed") or "?",
            ),
        }

    def _answer(self, answer: Any, labels: dict[str, str]) -> Document | None:
        if answer is None:
            return None
        return {"code": answer.code, "words": self.t(labels[answer.code]), "reason": words.reason(answer.reason, self.lang)}

    def _between(self) -> Document | None:
        if self.between is None:
            return None
        return {
            "before": {"day": self.asked["since"], **self.state(self.between.before)},
            "after": {"day": self.asked["as_of"] or date.today().isoformat(), **self.state(self.between.after)},
            "trend": self._answer(self.between.trend, words.TRENDS),
            "newly": self._answer(self.between.newly_damaged, words.ANSWERS),
        }

    def disagreement(self) -> list[Document]:
        """The findings that differ on the last occasion, side by side: the one shown first, then the others."""
        if not self.found.disagreements:
            return []
        by_id = {one["id"]: one for one in self.known}
        ids = [self.found.finding, *(one["id"] for one in self.found.disagreements)]
        return [words.line(by_id[one], self.actor) for one in ids if one in by_id]

    def consensus(self, one: Document) -> Document:
        by_id = {a["id"].replace("-", ""): a for a in self.series}
        of = [words.line(by_id[i.replace("-", "")], self.actor) for i in one.get("of", ()) if i.replace("-", "") in by_id]
        dissent = {d["assessment"].replace("-", "") for d in one.get("dissent", ())}
        for line in of:
            line["dissents"] = line["id"].replace("-", "") in dissent
        return {
            **words.line(one, self.actor),
            "rule": words.word("consensus-rules", one["rule"], self.lang),
            "of": of,
            "people": words.people(one.get("people", ()), self.actor),
            "part": self._part(one["element"]) if one.get("element") else "",
            "note": one.get("note", ""),
        }

    def consensus_href(self) -> str:
        able = [one for one in self.series if one.get("status", "published") != "draft" and one.get("condition")]
        return f"/places/{self.place}/consensus/" if self.actor.may("review-assessment") and len(able) > 1 else ""

    def timeline(self) -> list[Document]:
        """The series for the drawing; what does not count (not reviewed, or settled by a consensus) does not stand."""
        settled = {i for one in self.known if "rule" in one and counts(one) and "element" not in one for i in one.get("of", ())}
        out = []
        for one in self.known:
            if "rule" in one and one.get("element"):
                continue
            line = words.line(one, self.actor)
            status = "" if counts(one) else f" · {line['status_words']}"
            stands = counts(one) and one["id"] not in settled and one["id"].replace("-", "") not in settled
            method = "consensus" if "rule" in one else one.get("method", "")
            how = self.t("consensus") if "rule" in one else words.word("methods", method, self.lang).lower()
            outcome = one.get("outcome", "finding")
            out.append(
                {
                    "observed": one.get("observed", ""),
                    "recorded": one.get("recorded", ""),
                    "method": method,
                    "condition": line["code"],
                    "outcome": outcome if outcome not in ("no-damage",) else "finding",
                    "label": ", ".join(filter(None, (line["words"], how))),
                    "note": one.get("observed", "") + status,
                    "href": line["href"],
                    "original": line["original"],
                    "standing": stands,
                    "waits": not counts(one),
                }
            )
        return out

    def _part_series(self) -> list[Document]:
        rows: dict[str, list[Document]] = {}
        for one in sorted(self.known, key=_order):
            if not counts(one):
                continue
            held = [(one["element"], one)] if one.get("element") else [(e["key"], e) for e in one.get("elements", ()) if e.get("key")]
            for key, part in held:
                found = words.said({"outcome": one.get("outcome", "finding"), **part}, self.lang)
                rows.setdefault(key, []).append(
                    {
                        "observed": one.get("observed", ""),
                        "code": found["code"],
                        "words": found["words"],
                        "href": f"/assessments/{one['id']}/",
                    }
                )
        return [{"name": self._part(key), "marks": marks} for key, marks in rows.items()]

    def _part(self, key: str) -> str:
        """A part in words: its assessor's own label, else its kind, else its key; without the place's details its number alone."""
        if not self.details:
            return self.t("Part {n}", n=int(key[1:]) if key[1:].isdigit() else 0)
        for one in reversed(self.known):
            for element in one.get("elements", ()):
                if element.get("key") == key:
                    return element.get("label") or words.word("element-kinds", element.get("kind"), self.lang) or key
        return key


def _order(one: Document) -> tuple[str, str, bool]:
    return (str(one.get("observed") or one.get("recorded") or ""), str(one.get("recorded") or ""), "rule" in one)
