"""The forms of evidence: what is said of files that come in, of an item, of its worth; handing over; who a witness is."""

from __future__ import annotations

from typing import Any

from django import forms

from tutela.errors import Problem
from tutela.evidence.rules import consent, custody
from tutela.evidence.rules.media import FORMS
from tutela.evidence.rules.validation import CONSENT, MARKS, ORIGINS
from tutela.people.rules import Actor
from tutela.store.documents import bare, dashed
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.forms.fields import DateField, NumberField, capital, written
from tutela.web.forms.rows import Speaking
from tutela.web.views import evidence_words as words
from tutela.web.views.forms_common import find_places

Document = dict[str, Any]
MOST_PLACES = 50


class Said(forms.ChoiceField):
    """One of our own codes, or none."""

    def __init__(self, said: dict[str, str], codes: tuple[str, ...], empty: str = "—", **more: Any) -> None:
        self.said, self.codes, self.empty = said, codes, empty
        more.setdefault("required", False)
        super().__init__(**more)

    def speak(self, lang: str) -> None:
        first = [("", i18n.t(self.empty, lang))] if not self.required else []
        self.choices = [*first, *((code, i18n.t(self.said.get(code, code), lang)) for code in self.codes)]


class Picked(Speaking):
    """A form with places: those ticked (``place``, ids), and one named in words (``place_words``) that is looked up when it is sent."""

    place_words = written(300)

    def __init__(self, *arguments: Any, actor: Actor, places: list[str] | None = None, **more: Any) -> None:
        super().__init__(*arguments, lang=actor.language, **more)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, Said):
                field.speak(actor.language)
        given = self.data.getlist("place") if self.is_bound else places or []
        self.ticked = list(dict.fromkeys(bare(one) for one in given if _is_id(one)))[:MOST_PLACES]
        self.offered: list[tuple[str, str]] = []
        self.fields["place_words"].widget.attrs |= {"autocomplete": "off", "data-picker": "/evidence/places.json"}

    def picked(self) -> list[Document]:
        """The places to tick, as the template shows them: {id, name, on}."""
        names = words.place_names(self.actor, self.ticked)
        shown = [{"id": dashed(one), "name": names.get(one, f"{one[:8]}…"), "on": True} for one in self.ticked]
        return shown + [{"id": uuid, "name": name, "on": False} for uuid, name in self.offered]

    def clean_place_words(self) -> str:
        text = self.cleaned_data["place_words"]
        if not text:
            return text
        found = [one for one in find_places(self.actor, text) if bare(one[0]) not in self.ticked]
        if len(found) == 1:
            self.ticked.append(bare(found[0][0]))
        elif found:
            self.offered = found
            raise forms.ValidationError(i18n.t("Several places are called so: tick the one that is meant.", self.lang))
        elif not find_places(self.actor, text):
            raise forms.ValidationError(i18n.t("No place of this register is called so.", self.lang))
        return text

    def take(self, problems: list[Problem], names: dict[str, str]) -> None:
        """Put problems of the rules on their fields; ``names`` {the rules' column: our field}."""
        for one in problems:
            self.blame(names.get(one.column or "", one.column or ""), one)


def _is_id(text: str) -> bool:
    plain = text.replace("-", "").lower()
    return len(plain) == 32 and all(sign in "0123456789abcdef" for sign in plain)


class IntakeForm(Picked):
    """What is said of the files of one delivery."""

    collector = written(500)
    acquired = DateField()
    where_text = written(500)
    lat = NumberField()
    lon = NumberField()
    source_uri = written(4000)
    source_title = written(500)
    source_outlet = written(500)
    origin = Said(words.ORIGINS, ("original", "reprint", "excerpt", "unknown"))
    consent = Said(words.CONSENT, CONSENT)
    consent_scope = written(2000, lines=2)
    restrictions = written(2000, lines=2)
    mark = Said(words.MARKS, MARKS, required=True)
    mark_reason = written(500)
    description = written(20_000, lines=3)
    LABELS = {
        "collector": "Collected by",
        "acquired": "Acquired on",
        "where_text": "Where it was acquired",
        "lat": "Latitude",
        "lon": "Longitude",
        "source_uri": "Address of the source",
        "source_title": "Title at the source",
        "source_outlet": "Outlet or archive",
        "origin": "Origin",
        "consent": "Consent",
        "consent_scope": "What was agreed to",
        "restrictions": "Restrictions",
        "mark": "Who may see them",
        "mark_reason": "Reason for the mark",
        "description": "Description",
        "place_words": "Add a place by name",
    }
    HINTS = {
        "collector": "Who took or received the files: a person of the team, an office. Never a witness.",
        "acquired": "The day they came into these hands; a month or an interval will do.",
        "source_uri": "https://…, if they come from the web.",
        "origin": "A reprint is no second source.",
        "restrictions": "What was agreed about their use.",
        "mark": "It can be opened later; unmarked files are restricted.",
        "place_words": "A name in any script, or an identifier. Places already ticked stay.",
    }
    WIDE = frozenset({"where_text", "consent_scope", "restrictions", "description", "source_uri"})
    GROUPS = (
        ("How they came", ("collector", "acquired", "where_text", "lat", "lon")),
        ("Where they come from", ("source_uri", "source_title", "source_outlet", "origin")),
        ("Consent and restrictions", ("consent", "consent_scope", "restrictions")),
        ("Who may see them", ("mark", "mark_reason", "description")),
    )
    COLUMNS = {
        "source.uri": "source_uri",
        "source.title": "source_title",
        "source.outlet": "source_outlet",
        "consent.given": "consent",
        "consent.scope": "consent_scope",
        "where": "lat",
        "where.text": "where_text",
        "handling.mark": "mark",
        "handling.reason": "mark_reason",
        "origin.kind": "origin",
        "places": "place_words",
    }

    def __init__(self, *arguments: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*arguments, actor=actor, **more)
        if not actor.may("handle"):  # only who handles may open to all
            field = self.fields["mark"]
            field.choices = [choice for choice in field.choices if choice[0] != "open"]
        self.initial.setdefault("mark", "restricted")

    def groups(self) -> list[Document]:
        return [{"label": label, "fields": [(self[name], name in self.WIDE) for name in names]} for label, names in self.GROUPS]

    def clean(self) -> Document:
        out = super().clean() or self.cleaned_data
        if (out.get("lat") is None) != (out.get("lon") is None) and not {"lat", "lon"} & set(self.errors):
            self.add_error("lat" if out.get("lat") is None else "lon", i18n.t("Give both, or neither.", self.lang))
        return out

    def given(self) -> Document:
        """The keywords of ``intake.Given``."""
        c = self.cleaned_data
        where = _filled({"text": c["where_text"], "x": c["lon"], "y": c["lat"]})
        source = _filled({"uri": c["source_uri"], "title": c["source_title"], "outlet": c["source_outlet"]})
        return {
            "collector": c["collector"],
            "acquired": c["acquired"].text if c["acquired"] else "",
            "where": where,
            "source": source,
            "consent": _filled({"given": c["consent"], "scope": c["consent_scope"]}),
            "restrictions": c["restrictions"],
            "handling": _filled({"mark": c["mark"], "reason": c["mark_reason"]}),
            "description": c["description"],
            "origin": _filled({"kind": c["origin"]}),
            "places": tuple(self.ticked),
        }


def _filled(values: Document) -> Document:
    return {key: value for key, value in values.items() if value not in (None, "")}


class DescribeForm(Picked):
    """What people say of an item."""

    title = written(500)
    description = written(20_000, lines=4)
    lang_of = written(35)
    form = Said(words.FORMS, FORMS, required=True)
    origin = Said(words.ORIGINS, ORIGINS)
    origin_of = written(64)
    origin_outlet = written(500)
    mark = Said(words.MARKS, MARKS, required=True)
    mark_reason = written(500)
    why = written(500)
    LABELS = {
        "title": "Title",
        "description": "Description",
        "lang_of": "Language",
        "form": "Form",
        "origin": "Origin",
        "origin_of": "Of which item",
        "origin_outlet": "Outlet or archive",
        "mark": "Who may see it",
        "mark_reason": "Reason for the mark",
        "why": "Reason for the change",
        "place_words": "Add a place by name",
    }
    HINTS = {
        "origin_of": "The identifier of that item, from the address of its page.",
        "lang_of": "A tag such as ar or fa.",
        "place_words": "A name in any script, or an identifier. Places already ticked stay.",
    }
    WIDE = frozenset({"title", "description", "why"})
    GROUPS = (
        ("What it is", ("title", "description", "form", "lang_of")),
        ("Where it comes from", ("origin", "origin_of", "origin_outlet")),
        ("Who may see it", ("mark", "mark_reason")),
        ("", ("why",)),
    )
    COLUMNS = {
        "origin.of": "origin_of",
        "origin.kind": "origin",
        "origin.outlet": "origin_outlet",
        "handling.mark": "mark",
        "handling.reason": "mark_reason",
        "places": "place_words",
        "lang": "lang_of",
    }

    def __init__(self, *arguments: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*arguments, actor=actor, **more)
        if not actor.may("handle"):
            for name in ("mark", "mark_reason"):
                del self.fields[name]

    def groups(self) -> list[Document]:
        return [
            {"label": label, "fields": [(self[name], name in self.WIDE) for name in names if name in self.fields]}
            for label, names in self.GROUPS
            if any(name in self.fields for name in names)
        ]

    @classmethod
    def of(cls, document: Document) -> Document:
        """The initial values for an item."""
        origin, handling = document.get("origin", {}), document.get("handling", {})
        return {
            "title": document.get("title", ""),
            "description": document.get("description", ""),
            "lang_of": document.get("lang", ""),
            "form": document["form"],
            "origin": origin.get("kind", ""),
            "origin_of": dashed(origin["of"]) if origin.get("of") else "",
            "origin_outlet": origin.get("outlet", ""),
            "mark": handling.get("mark", "restricted"),
            "mark_reason": handling.get("reason", ""),
        }

    def changes(self, before: Document) -> Document:
        """{key: value} of what differs from the item as it was."""
        c = self.cleaned_data
        after: Document = {
            "title": c["title"],
            "description": c["description"],
            "lang": c["lang_of"],
            "form": c["form"],
            "places": self.ticked,
            "origin": _filled({"kind": c["origin"], "of": c["origin_of"].strip(), "outlet": c["origin_outlet"]}),
        }
        if "mark" in self.fields:
            after["handling"] = _filled({"mark": c["mark"], "reason": c["mark_reason"]})
            if "handling" not in before and after["handling"] == {"mark": "restricted"}:
                del after["handling"]
        held = {**before, "origin": {**before.get("origin", {})}}
        if after["origin"].get("of"):
            after["origin"]["of"] = bare(after["origin"]["of"])
        return {key: value for key, value in after.items() if (held.get(key) or None) != (value or None)}


class Grades(forms.ChoiceField):
    """The steps of a scale with their meaning."""

    widget = forms.RadioSelect

    def __init__(self, vocabulary: str) -> None:
        self.vocabulary = vocabulary
        super().__init__()

    def speak(self, lang: str) -> None:
        self.choices = [
            (sign := term.notation or code, f"{sign} · {capital(words.term(self.vocabulary, code, lang))}. {i18n.t(term.definition, lang)}")
            for code, term in load(self.vocabulary).terms.items()
        ]


class GradeForm(Speaking):
    reliability = Grades("source-reliability")
    credibility = Grades("information-credibility")
    bias = written(4000, lines=2)
    note = written(4000, lines=3)
    LABELS = {
        "reliability": "How far the source is to be trusted",
        "credibility": "How far what this item says is to be trusted",
        "bias": "What this source covers less, or more",
        "note": "Reasons",
    }
    HINTS = {"bias": "Regions, kinds of places or parties it shows more often than others. It stands beside every figure that rests on it."}

    def __init__(self, *arguments: Any, lang: str, **more: Any) -> None:
        super().__init__(*arguments, lang=lang, **more)
        for name in ("reliability", "credibility"):
            self.fields[name].speak(lang)
            self.fields[name].error_messages["required"] = i18n.t("Choose one.", lang)


class HandOverForm(Speaking):
    act = forms.ChoiceField(widget=forms.RadioSelect)
    to = written(500)
    holder = written(500)
    purpose = written(1000)
    LABELS = {"act": "What happens", "to": "To whom", "holder": "Who hands it over", "purpose": "Purpose"}

    def __init__(self, *arguments: Any, lang: str, standing: str, **more: Any) -> None:
        super().__init__(*arguments, lang=lang, **more)
        said = {"lent": "Lent: it comes back", "returned": "Returned to us", "released": "Released for good"}
        self.fields["act"].choices = [(code, i18n.t(text, lang)) for code, text in said.items() if code in custody.AFTER[standing]]
        self.fields["act"].error_messages["required"] = i18n.t("Choose one.", lang)


class WitnessForm(Speaking):
    name = written(300)
    contact = written(1000, lines=2)
    notes = written(8000, lines=4)
    passphrase = forms.CharField(max_length=1000, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    LABELS = {
        "name": "Name",
        "contact": "How to reach them",
        "notes": "What else must be known",
        "passphrase": "Passphrase of the witness store",
    }
    HINTS = {
        "notes": "Risks, who may ask, in which language.",
        "passphrase": "It is not kept. Without it nobody can read who witnesses are, not even with this machine.",
    }

    def __init__(self, *arguments: Any, lang: str, **more: Any) -> None:
        super().__init__(*arguments, lang=lang, **more)
        self.fields["passphrase"].error_messages["required"] = i18n.t("The passphrase is needed.", lang)

    def details(self) -> Document:
        return _filled({key: self.cleaned_data[key] for key in ("name", "contact", "notes")})


SCOPES = consent.SCOPES
