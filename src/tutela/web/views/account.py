"""Signing in and out, the language, the own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tutela.errors import TutelaError, problem
from tutela.people import actions as people
from tutela.web import i18n
from tutela.web.middleware import LANGUAGE_COOKIE

# The day of the last sign-in would be a write to the register at every sign-in (wall 5): it is not kept there.
user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")

WRONG = "No account has this name and password. Check both; the password minds upper and lower case."
TRIES, WAIT = 8, 300  # wrong passwords per name, and seconds to wait after them
_tries: dict[str, tuple[int, float]] = {}


def _next(request: HttpRequest, otherwise: str = "/places/") -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else otherwise


class SignInForm(forms.Form):
    username = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(max_length=500, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["username"].label = i18n.t("Account", lang)
        self.fields["password"].label = i18n.t("Password", lang)


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page.  After eight wrong passwords a name waits five minutes."""
    import time

    form = SignInForm(request.POST or None, lang=request.LANGUAGE_CODE)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"].casefold()
        wrong, since = _tries.get(name, (0, 0.0))
        if wrong >= TRIES and time.monotonic() - since < WAIT:
            form.add_error(None, i18n.t("Too many wrong passwords. Wait five minutes, then try again.", request.LANGUAGE_CODE))
        else:
            user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
            if user is not None:
                _tries.pop(name, None)
                login(request, user)
                return HttpResponseRedirect(_next(request))
            _tries[name] = (wrong + 1, time.monotonic())
            form.add_error(None, i18n.t(WRONG, request.LANGUAGE_CODE))
    return render(request, "tutela/signin.html", {"form": form, "next": _next(request, "")}, status=200 if request.method == "GET" else 400)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/places/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language for a year."""
    response = HttpResponseRedirect(_next(request))
    chosen = request.POST.get("language", "")
    if chosen in [one.language for one in i18n.languages()]:
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


class PasswordForm(forms.Form):
    now = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["now"].label = i18n.t("Present password", lang)
        self.fields["new"].label = i18n.t("New password", lang)
        self.fields["new"].help_text = i18n.t("Ten characters or more.", lang)


def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, what one may do; change the password, sign out."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect("/sign-in/?next=/account/")
    form = PasswordForm(request.POST or None, lang=request.LANGUAGE_CODE)
    done = False
    if request.method == "POST" and form.is_valid():
        if not request.user.check_password(form.cleaned_data["now"]):
            form.add_error("now", i18n.t("This is not your present password.", request.LANGUAGE_CODE))
        else:
            try:
                people.own_password(request.actor, request.user, form.cleaned_data["new"])
                login(request, request.user)
                form, done = PasswordForm(lang=request.LANGUAGE_CODE), True
            except TutelaError as error:
                form.add_error("new", f"{error.problem.message} {error.problem.todo}")
    return render(
        request,
        "tutela/account.html",
        {
            "form": form,
            "done": done,
            "user": request.user,
            "may": sorted(_may(request)),
            "people_href": "/people/" if request.actor.may("add-user") else "",
        },
    )


def _may(request: HttpRequest) -> list[str]:
    from tutela.people.rules import MAY

    return [i18n.t(WORDS[word], request.LANGUAGE_CODE) for word in MAY[request.actor.role] if word in WORDS]


WORDS = {
    "read": "read what this account may see",
    "search": "search",
    "export": "export",
    "record-place": "record places",
    "correct-place": "correct places",
    "record-assessment": "record assessments",
    "dry-run": "try an import (dry run)",
    "import": "import lists",
    "undo": "take imports back",
    "handle": "set handling marks",
    "shortlist": "make shortlists",
    "delete": "delete places",
    "sign-shortlist": "sign shortlists",
    "add-user": "make accounts",
    "backup": "back up and restore",
}
__all__ = ["account", "problem", "set_language", "sign_in", "sign_out"]
