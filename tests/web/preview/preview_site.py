"""A tiny Django site that shows the templates with made-up contexts: no database, no rooms below the pages.

``python tests/web/preview/preview_site.py [PORT]`` serves it on 127.0.0.1: ``/register/ /place/ /import/ /form/
/signin/ /empty/ /nomatch/``; ``?lang=fa`` and ``?theme=dark`` change the dress.  The policy is that of the pages.
"""

from __future__ import annotations

import mimetypes
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import preview_samples as samples
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

WEB = Path(__file__).resolve().parents[3] / "src/tutela/web"
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def configure() -> None:
    """Settings of the preview; harmless where settings exist already."""
    mimetypes.add_type("text/javascript", ".mjs")
    if settings.configured:
        return
    settings.configure(
        DEBUG=True,
        SECRET_KEY="preview",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        USE_I18N=True,
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATICFILES_DIRS=[WEB / "static"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [WEB / "templates"],
                "OPTIONS": {"libraries": {"tutela": "tutela.web.templatetags.tutela"}},
            }
        ],
    )
    django.setup()


TEMPLATES = {
    "places": "register",
    "register": "register",
    "empty": "register",
    "nomatch": "register",
    "place": "place",
    "import": "import_report",
    "form": "form",
    "signin": "signin",
}


def page(request: HttpRequest, name: str = "register") -> HttpResponse:
    """One page with its sample context."""
    lang = request.GET.get("lang", "en")
    make = getattr(samples, {"import": "import_", "places": "register"}.get(name, name))
    context = samples.shell(lang, request.GET.get("theme", "")) | make(lang)
    answer = render(request, f"tutela/{TEMPLATES[name]}.html", context)
    answer["Content-Security-Policy"] = POLICY
    return answer


def map_json(request: HttpRequest) -> JsonResponse:
    """The data contract of the map, answered with samples inside the box asked for."""
    return JsonResponse(samples.map_answer(request.GET.get("bbox", ""), float(request.GET.get("zoom", "5"))))


def card(request: HttpRequest, place: str) -> HttpResponse:
    return render(
        request, "tutela/parts/card.html", samples.shell(request.GET.get("lang", "en"), "") | samples.card(place)
    )


urlpatterns = [
    path("places/map.json", map_json),
    path("places/<str:place>/card", card),
    path("<str:name>/", page),
    path("", page),
]


def application() -> Any:
    """The preview as a WSGI application."""
    configure()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    return StaticFilesHandler(get_wsgi_application())


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, as a browser expects."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no line a request."""

    def log_message(self, *args: Any) -> None: ...


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8765
    with make_server("127.0.0.1", port, application(), server_class=Server, handler_class=Quiet) as server:
        print(f"http://127.0.0.1:{port}/register/", flush=True)
        server.serve_forever()
