"""The page of one place: names, map, condition over time, damages, protection, sources, history."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.assessment import queries as assessments
from tutela.assessment.rules.series import counts, last_finding
from tutela.inventory import queries
from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.geometry import cell_centre, representative
from tutela.people.rules import GRID, Actor
from tutela.store import history
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.views.common import address, label
from tutela.web.views.place_condition import PlaceCondition
from tutela.web.views.place_evidence import PlaceEvidence

Document = dict[str, Any]
CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]*")  # a name that is only a number in some list


@require_GET
def page(request: HttpRequest, uuid: str) -> HttpResponse:
    actor: Actor = request.actor
    view = queries.place(actor, str(uuid))
    series = assessments.series(actor, view.id)
    return render(request, "tutela/place.html", Page(actor, view, series).context(request))


class Page:
    """Turns what the queries gave into what the template shows."""

    def __init__(self, actor: Actor, view: queries.PlaceView, series: list[Document]) -> None:
        self.actor, self.view, self.series = actor, view, series
        self.lang, self.document = actor.language, view.document
        self.keys = {s["key"]: n for n, s in enumerate(self.document.get("sources", ()), 1)}
        self.evidence = PlaceEvidence(actor, view.id, self.document)

    def t(self, text: str, **values: object) -> str:
        return i18n.t(text, self.lang, **values)

    def context(self, request: HttpRequest) -> Document:
        condition = PlaceCondition(self.actor, self.view.id, self.series, request, self.evidence.seen)
        last = last_finding(self.series)
        kind = last["condition"]["code"] if last else ""
        damages = self.damages()
        evidence = self.evidence.context()
        tabs = [
            ("names", "Names", len(self.view.names)),
            ("where", "Where", None),
            ("condition", "Condition over time", len(self.series)),
            ("damages", "Damages", len(damages)),
            ("evidence", "Evidence", evidence["total"]),
            ("protection", "Protection", len(self.document.get("protections", ()))),
            ("sources", "Sources", len(self.keys)),
            ("journal", "Journal", None),
        ]
        return {
            "room": "places",
            "topclass": "t-top--page",
            "today": date.today().isoformat(),
            "trail": self.trail(request),
            "acts": self.acts(),
            "place": self.head(),
            "state": self.state(last, damages),
            "cond": condition.context(),
            "where": self.where(kind),
            "damages": damages,
            "evidence": evidence,
            "tabs": [{"id": i, "label": words, "count": n} for i, words, n in tabs],
            "assessments": condition.timeline(),
            "events": self.events(),
            "sides": self.sides(),
            "sources_of": self.sources(),
            "journal": self.journal(),
            "sources": [{"title": s.get("title", s["key"]), "licence": s.get("licence", "")} for s in self.document.get("sources", ())],
        }

    def trail(self, request: HttpRequest) -> Document | None:
        asked = request.GET.get("q")
        return {"label": asked, "href": address(asked)} if asked else None

    def acts(self) -> list[Document]:
        at, acts = f"/places/{self.view.id}", []
        if self.actor.may("correct-place") and sight_of(self.document, self.actor.audience).details:
            acts.append({"label": "Correct", "href": f"{at}/correct/"})
        if self.actor.may("handle"):
            acts.append({"label": "Handling", "href": f"{at}/handling/"})
        if self.actor.may("record-assessment"):
            acts.append({"label": "Record an assessment", "href": f"{at}/assess/", "main": True})
        return acts

    def head(self) -> Document:
        d, shown = self.document, self.view.name
        handling = d.get("handling") or {"mark": "open"}
        return {
            "id": self.view.id,
            "name": shown["text"] if self.view.names else "",
            "lang": shown.get("lang") or "und",
            "others": [
                {"tag": n.get("lang") or "und", "text": n["text"]}
                for n in self.view.names
                if n["text"] != shown["text"] and not CODE.fullmatch(n["text"])
            ][:6],
            "facts": [fact for fact in (self._types(), self._where_words(), self._dating()) if fact],
            "handling": {"mark": handling["mark"], "consequence": self._consequence(handling)},
            "identifiers": [{"value": i["value"], "uri": i.get("uri", "")} for i in d.get("identifiers", ())],
            "names": [
                {
                    "text": n["text"],
                    "tag": "-".join(p for p in (n.get("lang") or "und", n.get("script")) if p),
                    "kind": label("namekind", n["kind"], self.lang) if n.get("kind") else "",
                    "period": n.get("period", ""),
                    "sources": self._refs(n),
                }
                for n in self.view.names
            ],
            "names_note": self.t("You see one name first because of {why}.", why=self.t(shown["why"]))
            if self.view.names and shown.get("why")
            else "",
            "questions": [
                {"code": q["code"], "message": q["text"], "todo": self.t("The question stays until somebody answers it.")}
                for q in d.get("questions", ())
            ],
        }

    def _types(self) -> str:
        return ", ".join(
            dict.fromkeys(
                label("type", t["code"], self.lang) if t.get("code") else t.get("original", "") for t in self.document.get("types", ())
            )
        )

    def _where_words(self) -> str:
        d = self.document
        parts = [
            d.get("address", ""),
            *[a["name"] for a in d.get("areas", ())],
            label("country", d["country"], self.lang) if "country" in d else "",
        ]
        return ", ".join(dict.fromkeys(p for p in parts if p))

    def _dating(self) -> str:
        out = []
        for item in self.document.get("dating", ()):
            words = item.get("period") or item.get("edtf") or item.get("original", "")
            sure = f" ({self._word('certainty', item['certainty'])})" if item.get("certainty") else ""
            out.append(words + sure)
        return "; ".join(dict.fromkeys(out))

    def _word(self, vocabulary: str, code: str) -> str:
        return load(vocabulary).label(code, self.lang)

    def _consequence(self, handling: Document) -> str:
        if self.actor.audience >= 1 and handling["mark"] == "open":
            shown = handling.get("precision", "as-held")
            return self.t("everybody sees it as held") if shown == "as-held" else self.t("public sees {grid}°", grid=shown)
        shown = handling.get("shown") or "as-held"
        if shown == "as-held":
            given = handling.get("precision")
            return self.t("you see it as held; others at {grid}°", grid=given) if given else self.t("you see it as held")
        return self.t("shown here at {grid}°", grid=shown)

    def _refs(self, item: Document) -> list[Document]:
        n = self.keys.get(item.get("source", ""))
        return [{"n": n, "href": f"#source-{n}"}] if n else []

    def state(self, last: Document | None, damages: list[Document]) -> Document:
        """The condition for the plan, and the three figures of damages: those that are reviewed count."""
        counted = [d for d in damages if d["counts"]]
        verified = sum(1 for d in counted if d["status"] == "verified")
        return {
            "claimed": {"value": 0},
            "documented": {"value": len(counted), "href": "#damages"},
            "verified": {"value": verified, "href": "#damages" if verified else ""},
            "condition": last["condition"]["code"] if last else "",
        }

    def where(self, kind: str) -> Document:
        d = self.document
        geometries = d.get("geometries", [])
        if not geometries:
            return {"held": "", "public": ""}
        x, y = self.view.x, self.view.y
        grid = GRID.get((d.get("handling") or {}).get("shown") or "as-held")
        digits = 5 if grid is None else max(0, len(f"{grid:g}".partition(".")[2]) + 1)
        out: Document = {
            "shown": f"{y:.{digits}f}, {x:.{digits}f}",
            "held": "",
            "public": "",
            "map": {"point": f"{x},{y}", "kind": kind, "zoom": 5.6},
        }
        words = [w for g in geometries for w in [self._geometry_words(g)] if w]
        if grid is None:
            out["held"] = "; ".join(dict.fromkeys(words))
            out["geometries"] = [g["geojson"] for g in geometries]
            self._public(out)
        else:
            out["held"] = self.t("You see the centre of a grid cell of {grid}°, not the position.", grid=f"{grid:g}")
            out["map"]["cell"] = ",".join(f"{v:g}" for v in _cell(x, y, grid))
        return out

    def _public(self, out: Document) -> None:
        """What the public sees instead, for those who see more."""
        public = for_audience(self.document, 0)
        if public is self.document:
            out["public"] = self.t("the same")
            return
        if public is None:
            out["public"] = self.t("nothing of this place")
            return
        grid = GRID.get(public["handling"]["shown"])
        point = representative(self.document["geometries"])
        if grid is None or point is None:
            out["public"] = self.t("no position")
            return
        centre = cell_centre(*point, grid)
        cell = _cell(*centre, grid)
        out |= {
            "cell": list(cell),
            "cell_words": self.t("Dashed: the grid cell of {grid}° that the public sees", grid=f"{grid:g}"),
            "public": self.t(
                "The cell centre {y} N, {x} E, never the footprint; the same in lists, counts, the map and exports.",
                y=f"{centre[1]:g}",
                x=f"{centre[0]:g}",
            ),
        }
        out["map"]["cell"] = ",".join(f"{v:g}" for v in cell)

    def _geometry_words(self, g: Document) -> str:
        parts = [self._word("geometry-roles", g["role"])] if g.get("role") and g["role"] != "cell" else []
        if g.get("method"):
            parts.append(g["method"].replace("-", " "))
        if g.get("certainty"):
            parts.append(self.t("certainty {word}", word=self._word("location-certainty", g["certainty"])))
        if g.get("precision_m"):
            parts.append(f"± {g['precision_m']:g} m")
        return ", ".join(parts)

    def damages(self) -> list[Document]:
        out = []
        for a in self.series:
            for n, d in enumerate(a.get("damages", ())):
                cause, effect = d.get("cause"), d.get("effect")
                title = self._coded("effects", effect) if effect else self._coded("causes", cause)
                lines = []
                if cause:
                    lines.append(["Cause", self._coded("causes", cause) + self._sure(cause), ""])
                else:
                    lines.append(["Cause", self.t("not linked to a cause by the source"), ""])
                if effect and effect.get("certainty"):
                    lines.append(["Effect", self._sure(effect).strip(" ()"), ""])
                event = d.get("event") or {}
                if event:
                    days = (f"{self.t(k)} {i18n.isolated(v, self.lang)}" for k, v in event.items())
                    lines.append(["When", ", ".join(days), _interval(event)])
                lines.append(["Rests on", self.t("assessment observed {day}", day=a.get("observed") or self.t("on an unknown day")), ""])
                shown = any(not one["destroyed"] for one in self.evidence.cited.get(a["id"], ()))
                out.append(
                    {
                        "label": title[:1].upper() + title[1:],
                        "counts": counts(a),
                        "status": "verified" if shown and counts(a) else "documented",
                        "status_label": "Not reviewed yet" if not counts(a) else "Verified" if shown else "Documented",
                        "href": f"/assessments/{a['id']}/",
                        "lines": lines,
                        **self.evidence.of_damage(a, n),
                    }
                )
        return out

    def _coded(self, vocabulary: str, item: Document | None) -> str:
        if not item:
            return ""
        return self._word(vocabulary, item["code"]) if item.get("code") else item.get("original", "")

    def _sure(self, item: Document) -> str:
        return f" ({self.t('certainty {word}', word=self._word('certainty', item['certainty']))})" if item.get("certainty") else ""

    def events(self) -> list[Document]:
        out = []
        for a in self.series:
            for d in a.get("damages", ()):
                event = d.get("event") or {}
                if event:
                    words = self._coded("effects", d.get("effect")) or self._coded("causes", d.get("cause"))
                    start, end = event.get("from") or event.get("on"), event.get("to") or event.get("before") or event.get("on")
                    item = {"label": f"{words}: {_interval(event)}", **({"start": start} if start else {}), **({"end": end} if end else {})}
                    if item not in out:
                        out.append(item)
        return out

    def sides(self) -> list[Document]:
        d = self.document
        protections = [
            [
                label("protection", p["instrument"], self.lang),
                " · ".join(
                    w
                    for w in (
                        self._word("protection-levels", p["level"]) if p.get("level") else "",
                        p.get("reference", ""),
                        p.get("original", ""),
                    )
                    if w
                )
                or self.t("recorded"),
                self._refs(p),
            ]
            for p in d.get("protections", ())
        ]
        threats = []
        for a in self.series:
            for threat in a.get("threats", ()):
                line = [
                    self._word("causes", threat["cause"]) if threat.get("cause") else threat.get("original", ""),
                    self._word("threat-probability", threat["probability"]) if threat.get("probability") else self.t("recorded"),
                    [],
                ]
                if line not in threats:
                    threats.append(line)
        advice = [
            [self._word("recommendations", r["action"]) if r.get("action") else "", self._priority(r.get("priority")), []]
            for a in self.series
            for r in a.get("recommendations", ())
        ]
        values = [
            [self._word("significance", s["criterion"]) if s.get("criterion") else self.t("Significance"), s.get("text", ""), self._refs(s)]
            for s in d.get("significance", ())
        ]
        marks: list[list[Any]] = []
        for c in d.get("characteristics", ()):
            marks.append(
                [str(c.get("kind", "")).replace("-", " ").capitalize(), f"{c.get('value', '')} {c.get('unit', '')}".strip(), self._refs(c)]
            )
        texts = [[label("", x.get("kind", "description"), self.lang), x.get("text", ""), self._refs(x)] for x in d.get("descriptions", ())]
        return [
            side
            for side in (
                {"id": "protection", "label": "Protection", "lines": protections},
                {"id": "threats", "label": "Threats", "lines": threats},
                {"id": "advice", "label": "Recommendations", "lines": advice} if advice else None,
                {"id": "significance", "label": "Significance", "lines": values},
                {"id": "marks", "label": "Characteristics", "lines": marks} if marks else None,
                {"id": "texts", "label": "Description", "lines": texts} if texts else None,
            )
            if side
        ]

    def _priority(self, given: Any) -> str:
        code = given.get("code") if isinstance(given, dict) else given
        return (
            self._word("priority", code) if code else (given or {}).get("original", "") if isinstance(given, dict) else self.t("recorded")
        )

    def notes_too(self) -> bool:
        """Notes of changes are shown to those who see this place with all its details."""
        return self.actor.audience >= 1 and sight_of(self.document, self.actor.audience).details

    def sources(self) -> list[Document]:
        return [
            {
                "n": n,
                "title": s.get("title", s["key"]),
                "licence": s.get("licence", ""),
                "note": ", ".join(
                    w
                    for w in (s.get("file", ""), self.t("row {n}", n=", ".join(str(r) for r in s["rows"][:6])) if s.get("rows") else "")
                    if w
                ),
            }
            for n, s in enumerate(self.document.get("sources", ()), 1)
        ]

    def journal(self) -> list[Document]:
        return [
            {
                "n": e.seq,
                "href": f"/journal/{e.change}/",
                "day": e.at[:10],
                "words": self.t(history.WORDS.get(e.action, e.action)) + (f": {e.note}" if e.note and self.notes_too() else ""),
                "digest": e.digest[:8] + "…",
            }
            for e in history.of_record(self.view.record, most=30)
        ]


def _cell(x: float, y: float, grid: float) -> tuple[float, float, float, float]:
    half = grid / 2
    return round(x - half, 6), round(y - half, 6), round(x + half, 6), round(y + half, 6)


def _interval(event: Document) -> str:
    """The event's days as one EDTF interval."""
    if event.get("on"):
        return event["on"]
    start, end = event.get("from"), event.get("to") or event.get("before")
    return f"{start or '..'}/{end or '..'}"
