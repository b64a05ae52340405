"""The addresses of condition: review, consensus, the damaged-places list, triage."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
