"""The accounts of this register: seen and changed by administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import TutelaError
from tutela.people import actions, queries
from tutela.people.rules import ROLES, Actor
from tutela.web import i18n

#: What each role may do, in one line; the order is the one of ``people.rules.ROLES``.
ROLE_WORDS = {
    "public": ("Public", "sees what is open"),
    "contributor": ("Contributor", "records places and assessments, tries imports"),
    "reviewer": ("Reviewer", "imports, takes imports back, sets handling marks"),
    "manager": ("Manager", "sees all as held, deletes, signs shortlists"),
    "administrator": ("Administrator", "makes and changes accounts, backs up"),
}
FIELD_OF = {"user-exists": "username", "user-password": "password", "user-role": "role", "user-last-administrator": "role"}


def _roles(lang: str) -> list[tuple[str, str]]:
    return [(role, f"{i18n.t(ROLE_WORDS[role][0], lang)}: {i18n.t(ROLE_WORDS[role][1], lang)}") for role in ROLES]


class _Form(forms.Form):
    """A form in the page's language whose coded errors stand at their field."""

    labels: dict[str, tuple[str, str]] = {}

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, **more)
        for name, (label, hint) in self.labels.items():
            self.fields[name].label, self.fields[name].help_text = i18n.t(label, lang), i18n.t(hint, lang) if hint else ""
        for name in ("role", "language"):
            if name in self.fields:
                self.fields[name].choices = _roles(lang) if name == "role" else [(one.language, one.name) for one in i18n.languages()]

    def refuse(self, error: TutelaError) -> None:
        name = FIELD_OF.get(error.code)
        self.add_error(name if name in self.fields else None, f"{error.problem.message} {error.problem.todo} [{error.code}]")


class AccountForm(_Form):
    username = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}))
    name = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}))
    role = forms.ChoiceField(initial="contributor")
    language = forms.ChoiceField()
    password = forms.CharField(max_length=500, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    labels = {
        "username": ("Account", "The name to sign in with; any script."),
        "name": ("Name", "As shown in the journal to those who may see it."),
        "role": ("Role", ""),
        "language": ("Language", ""),
        "password": ("Password", "Ten characters or more."),
    }


class RoleForm(_Form):
    role = forms.ChoiceField()
    active = forms.BooleanField(required=False)
    labels = {"role": ("Role", ""), "active": ("May sign in", "")}


class PasswordForm(_Form):
    password = forms.CharField(max_length=500, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    labels = {"password": ("New password", "Ten characters or more. Tell it to the person; they can change it themselves.")}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All accounts."""
    actor: Actor = request.actor
    actions.require(actor, "add-user")
    rows = [
        {
            **one,
            "role_words": ROLE_WORDS[str(one["role"])][0] if one["role"] in ROLE_WORDS else one["role"],
            "href": f"/people/account/{one['username']}/",
        }
        for one in queries.accounts()
    ]
    context = {
        "topclass": "t-top--page",
        "rows": rows,
        "roles": [{"label": label, "may": may} for label, may in ROLE_WORDS.values()],
        "made": request.GET.get("made", ""),
        "new_href": "/people/new/",
    }
    return render(request, "tutela/people.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    actor: Actor = request.actor
    actions.require(actor, "add-user")
    lang = request.LANGUAGE_CODE
    form = AccountForm(request.POST or None, lang=lang, initial={"language": lang})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_user(actor, given["username"], given["password"], given["role"], given["name"], given["language"])
            return HttpResponseRedirect("/people/")
        except TutelaError as error:
            form.refuse(error)
    context = {
        "topclass": "t-top--page",
        "heading": i18n.t("New account", lang),
        "form": form,
        "submit": i18n.t("Make the account", lang),
        "cancel": "/people/",
        "trail": {"href": "/people/", "label": i18n.t("Accounts", lang)},
        "lead": i18n.t("Personal data stay in this table; the journal knows a person by a number only.", lang),
    }
    return render(request, "tutela/form.html", context, status=400 if form.errors else 200)


def account(request: HttpRequest, username: str) -> HttpResponse:
    """One account: its role, whether it may sign in, its password."""
    actor: Actor = request.actor
    actions.require(actor, "change-user")
    user = actions.find(username)
    lang = request.LANGUAGE_CODE
    act = request.POST.get("act", "")
    role = RoleForm(request.POST if act == "role" else None, lang=lang, initial={"role": user.role, "active": user.is_active})
    password = PasswordForm(request.POST if act == "password" else None, lang=lang)
    form = {"role": role, "password": password}.get(act)
    done = False
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            done = _change(actor, user.username, form.cleaned_data)
        except TutelaError as error:
            form.refuse(error)
        user = actions.find(user.username)
        if done and user.public_id == actor.id and not user.is_active:
            return HttpResponseRedirect("/people/")
        if done and act == "password":
            password = PasswordForm(lang=lang)
    context = {
        "topclass": "t-top--page",
        "account": user,
        "role_words": ROLE_WORDS.get(user.role, (user.role, ""))[0],
        "role_form": role,
        "password_form": password,
        "done": act if done else "",
        "own": user.public_id == actor.id,
    }
    return render(request, "tutela/person.html", context, status=400 if form is not None and form.errors else 200)


def _change(actor: Actor, username: str, given: dict[str, Any]) -> bool:
    if "password" in given:
        actions.change_user(actor, username, password=given["password"])
    else:
        actions.change_user(actor, username, role=given["role"], active=given["active"])
    return True
