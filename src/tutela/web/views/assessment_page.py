"""One assessment or consensus: what it says, what it rests on, what was said of it, how far its review is, what may be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tutela.assessment import actions, actions_review, queries
from tutela.assessment.rules import review
from tutela.errors import TutelaError
from tutela.evidence import citations
from tutela.inventory import queries as places
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.web import i18n, notes
from tutela.web.views import assessment_words as told
from tutela.web.views import condition_words as words
from tutela.web.views.place_evidence import PlaceEvidence

Document = dict[str, Any]
STEPS = {
    "submit": actions_review.submit,
    "return": actions_review.return_,
    "review": actions_review.review_,
    "publish": actions_review.publish,
}
HEAD = ("observed", "recorded", "method", "form", "imagery", "activity", "assessor_role", "urgency")
PARTS = ("elements", "misuses", "threats", "recommendations", "interventions")


@require_GET
def page(request: HttpRequest, uuid: str) -> HttpResponse:
    """One assessment, as the reader may see it."""
    return _shown(request, str(uuid))


def _shown(request: HttpRequest, uuid: str, problem: Any = None, status: int = 200, typed: str = "") -> HttpResponse:
    context = Page(request.actor, uuid).context() | {"problem": problem, "typed": typed}
    return render(request, "tutela/assessment.html", context, status=status)


class Page:
    """Turns what the queries gave into what the template shows."""

    def __init__(self, actor: Actor, uuid: str) -> None:
        self.actor, self.lang = actor, actor.language
        self.one = queries.one(actor, uuid)
        self.id = self.one["id"]
        self.place = places.place(actor, self.one["place"])
        self.consensus = self.one["kind"] == "consensus"
        self.status = self.one.get("status", "published")
        self.details = sight_of(self.place.document, actor.audience).details
        self.wrote = actions.authors(self.id) if actor.audience >= 1 else set()
        self.alone = actions.working_alone()

    def t(self, text: str, **values: object) -> str:
        return i18n.t(text, self.lang, **values)

    def context(self) -> Document:
        one, cited = self.one, citations.for_record(self.actor, self.id)
        evidence = PlaceEvidence(self.actor, self.place.id, self.place.document)
        return {
            "room": "condition",
            "topclass": "t-top--page",
            "id": self.id,
            "line": one["line"],
            "consensus": self.consensus,
            "heading": self.t("Consensus") if self.consensus else self.t("Assessment"),
            "place": {"href": f"/places/{self.place.id}/", "name": self.place.name["text"], "lang": self.place.name.get("lang") or "und"},
            "said": words.said(one, self.lang),
            "outcome": words.word("outcomes", one.get("outcome", "finding"), self.lang),
            "status": self.status,
            "status_words": words.status(one, self.lang),
            "steps": self.steps(),
            "facts": [(self.t(told.LABELS[key]), self._fact(key)) for key in HEAD if one.get(key)],
            "values": told.values(one, self.lang),
            "note": one.get("note", ""),
            "source": self.source(),
            "damages": self.damages(evidence),
            "parts": [{"label": self.t(told.LABELS[key]), "lines": told.lines(one, key, self.lang)} for key in PARTS if one.get(key)],
            "cited": cited,
            "others": [one for one in cited if one["part"] and not one["part"].startswith("damages/")],
            "whole": evidence.of_part(self.id, ""),
            "cite_href": evidence.cite_href(self.id, "") if not self.consensus else "",
            "comments": self.comments(),
            "may_comment": self.actor.may("record-assessment") and self.details,
            "acts": self.acts(),
            "barred": self.barred(),
            "edit": self.edit(),
            "history": self.history(),
            "authors": words.people(sorted(self.wrote), self.actor) if self.wrote else "",
            "rule": self.rule() if self.consensus else None,
        }

    def _fact(self, key: str) -> str:
        if key == "form":
            from tutela.assessment.rules.methods import forms

            form = forms().get(self.one[key])
            return words.method_label(form, self.lang) if form else self.one[key]
        if key == "assessor_role":
            return words.word("assessor-roles", self.one[key], self.lang)
        return "; ".join(told.lines(self.one, key, self.lang))

    def source(self) -> str:
        given = self.one.get("source")
        if not isinstance(given, dict):
            return ""
        held = next((s for s in self.place.document.get("sources", ()) if s.get("key") == given.get("key")), {})
        rows = self.t("row {n}", n=", ".join(str(r) for r in given["rows"][:6])) if given.get("rows") else ""
        return ", ".join(part for part in (held.get("title") or given.get("key", ""), given.get("file", ""), rows) if part)

    def steps(self) -> list[Document]:
        at = review.STATES.index(self.status)
        states = review.STATES[2:] if self.consensus else review.STATES
        return [
            {"words": words.word("review-states", one, self.lang), "done": review.STATES.index(one) < at, "on": one == self.status}
            for one in states
        ]

    def _may(self, act: str) -> bool:
        return review.may(
            act,
            self.status,
            self.actor.id,
            self.wrote,
            records=self.actor.may("record-assessment"),
            reviews=self.actor.may("review-assessment"),
            alone=self.alone,
        )

    def acts(self) -> list[Document]:
        """What this person may do now, the step forward first."""
        order = ("submit", "review", "publish", "return")
        listed = [act for act in order if self._may(act)]
        return [{"act": act, "words": self.t(words.ACTS[act]), "main": n == 0 and act != "return"} for n, act in enumerate(listed)]

    def barred(self) -> str:
        """Why the next step is somebody else's, for those who work with the register."""
        if self.actor.audience < 1 or self.status == "published":
            return ""
        forward = next(act for act, step in review.STEPS.items() if act != "return" and self.status in step.sources)
        if self._may(forward):
            return ""
        if not self.actor.may("review-assessment"):
            return self.t("The next step is a reviewer's.") if forward != "submit" else self.t("Its author submits it.")
        return self.t("You wrote of it: another reviewer takes the next step.")

    def edit(self) -> Document | None:
        """Correct it, or propose a change: whichever is open to this person."""
        if self.consensus or not self.details or not self.actor.may("record-assessment"):
            return None
        own = self.actor.id in self.wrote
        may = review.after_correction(self.status, reviews=self.actor.may("review-assessment"), own=own, alone=self.alone) is not None
        return {"href": f"/assessments/{self.id}/edit/", "words": self.t("Correct") if may else self.t("Propose a change")}

    def damages(self, evidence: PlaceEvidence) -> list[Document]:
        out = []
        for n, item in enumerate(self.one.get("damages", ())):
            part = f"damages/{item['key']}" if item.get("key") else f"damages/{n}"
            out.append(
                {
                    "words": told.damage(item, self.lang),
                    "cited": evidence.of_part(self.id, part),
                    "cite_href": evidence.cite_href(self.id, part) if not self.consensus else "",
                }
            )
        return out

    def comments(self) -> list[Document]:
        out = []
        for one in self.one.get("comments", ()):
            proposes = one.get("proposes")
            made = {
                "id": one["id"],
                "who": words.name(one["by"], self.actor),
                "at": one["at"][:16].replace("T", " "),
                "text": one.get("text", ""),
                "part": one.get("part", ""),
            }
            if proposes is not None:
                current = {k: v for k, v in self.one.items() if k not in ("id", "line", "kind", "comments", "place")}
                open_ = one["state"] == "open"
                made |= {
                    "state": one["state"],
                    "open": open_,
                    "differences": told.differences(current, proposes, self.lang) if open_ else [],
                    "may_accept": open_ and self.actor.may("review-assessment") and (one["by"] != self.actor.id or self.alone),
                    "may_reject": open_ and (self.actor.may("review-assessment") or one["by"] == self.actor.id),
                    "own": one["by"] == self.actor.id,
                }
            out.append(made)
        return out

    def history(self) -> list[Document]:
        versions: list[Document] = next((h["versions"] for h in queries.history(self.actor, self.place.id) if h["id"] == self.id), [])
        return [
            {
                "line": v["line"],
                "at": v["at"][:16].replace("T", " "),
                "status": words.word("review-states", v["status"] or "published", self.lang)
                if v["document"] is not None
                else self.t("deleted"),
                "said": words.said(v["document"], self.lang) if v["document"] is not None else None,
            }
            for v in versions
        ]

    def rule(self) -> Document:
        """A consensus: by which rule, by whom, of what, and who differs."""
        by_id = {one["id"]: one for one in queries.series(self.actor, self.place.id)}
        dissent = {one["assessment"].replace("-", "") for one in self.one.get("dissent", ())}
        of = [
            words.line(by_id[i], self.actor) | {"dissents": i.replace("-", "") in dissent}
            for i in map(_dashed, self.one.get("of", ()))
            if i in by_id
        ]
        return {
            "words": words.word("consensus-rules", self.one["rule"], self.lang),
            "people": words.people(self.one.get("people", ()), self.actor),
            "of": of,
            "element": self.one.get("element", ""),
        }


def _dashed(uuid: str) -> str:
    from tutela.store.documents import bare, dashed

    return dashed(bare(uuid))


def _back(request: HttpRequest, uuid: str, text: str) -> HttpResponse:
    notes.leave(request, i18n.t(text, request.actor.language))
    return HttpResponseRedirect(f"/assessments/{uuid}/")


@require_POST
def act(request: HttpRequest, uuid: str) -> HttpResponse:
    """One step of review.  ``line``: the journal line that the person saw."""
    queries.one(request.actor, str(uuid))
    step, line = request.POST.get("act", ""), request.POST.get("line", "")
    if step not in STEPS:
        return HttpResponseRedirect(f"/assessments/{uuid}/")
    try:
        STEPS[step](request.actor, str(uuid), request.POST.get("note", "").strip()[:2000], int(line) if line.isdigit() else None)
    except TutelaError as error:
        return _shown(request, str(uuid), error.problem, 409, request.POST.get("note", ""))
    if step == "return" and request.actor.audience < 1:
        return HttpResponseRedirect("/condition/")
    return _back(request, str(uuid), words.DONE[step])


@require_POST
def comment(request: HttpRequest, uuid: str) -> HttpResponse:
    """Say something of it."""
    queries.one(request.actor, str(uuid))
    try:
        actions_review.comment(request.actor, str(uuid), request.POST.get("text", ""))
    except TutelaError as error:
        return _shown(request, str(uuid), error.problem, 400, request.POST.get("text", ""))
    return _back(request, str(uuid), "Your comment is kept.")


@require_POST
def decide(request: HttpRequest, uuid: str, proposal: str) -> HttpResponse:
    """Take a proposed change over, or leave the assessment as it is."""
    queries.one(request.actor, str(uuid))
    accepting = request.POST.get("act") == "accept"
    try:
        (actions_review.accept if accepting else actions_review.reject)(
            request.actor, str(proposal), request.POST.get("note", "").strip()[:2000]
        )
    except TutelaError as error:
        return _shown(request, str(uuid), error.problem, 409)
    return _back(request, str(uuid), "The change is taken over." if accepting else "The proposal is closed; the assessment stays as it is.")
