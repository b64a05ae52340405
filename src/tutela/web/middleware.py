"""Around every page: who acts, in which language, coded errors as pages, and the headers that keep everything on this machine."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tutela.errors import NotAllowed, TutelaError
from tutela.people.actions import actor_of
from tutela.people.rules import PUBLIC, Actor
from tutela.web import i18n

POLICY = ("default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
          "base-uri 'self'; form-action 'self'; frame-ancestors 'none'")
LANGUAGE_COOKIE = "tutela_language"
NOT_FOUND = {"record-unknown", "import-unknown", "user-unknown", "job-unknown", "shortlist-unknown", "draft-unknown",
             "citation-unknown", "seal-unknown", "blob-unknown"}
Answer = Callable[[HttpRequest], HttpResponse]


class TutelaMiddleware:
    """Sets ``request.actor`` (people's) and ``request.LANGUAGE_CODE``; turns :class:`TutelaError` into a page that says what to do."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        actor = actor_of(user) if user.is_authenticated else PUBLIC
        chosen = request.COOKIES.get(LANGUAGE_COOKIE) or (actor.language if user.is_authenticated else "")
        known = [one.language for one in i18n.languages()]
        language = chosen if chosen in known else _accepted(request.headers.get("Accept-Language", ""), known)
        request.LANGUAGE_CODE = language
        request.actor = Actor(actor.id, actor.role, actor.name, language)
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A coded error that a view did not treat itself."""
        if not isinstance(error, TutelaError):
            return None
        if isinstance(error, NotAllowed) and not request.user.is_authenticated and request.method == "GET":
            from urllib.parse import urlencode

            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        status = 403 if isinstance(error, NotAllowed) else 404 if error.code in NOT_FOUND else 400
        return render(request, "tutela/problem.html", {"found": error.problem, "status": status}, status=status)


def _accepted(header: str, known: list[str]) -> str:
    """The first language of the browser that there is, else English."""
    for part in header.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in known:
            return code
    return "en"
