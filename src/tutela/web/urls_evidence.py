"""The addresses of evidence: items, intake, redaction, seals, bundles, citations."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
