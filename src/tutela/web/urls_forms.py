"""The addresses of the forms and of the shortlists."""

from __future__ import annotations

from django.urls import path

from tutela.web.views import forms_assessment, forms_common, forms_handling, forms_place, forms_shortlist, shortlists

urlpatterns = [
    path("places/new/", forms_place.record, name="place-new"),
    path("places/reads.json", forms_place.reads, name="reads"),
    path("places/<uuid:uuid>/correct/", forms_place.correct, name="place-correct"),
    path("places/<uuid:uuid>/handling/", forms_handling.handling, name="place-handling"),
    path("places/<uuid:uuid>/assess/", forms_assessment.assess, name="place-assess"),
    path("places/<uuid:uuid>/delete/", forms_place.delete, name="place-delete"),
    path("changes/<int:change>/take-back/", forms_common.take_back, name="take-back"),
    path("shortlists/", shortlists.listed, name="shortlists"),
    path("shortlists/new/", forms_shortlist.new, name="shortlist-new"),
    path("shortlists/<uuid:uuid>/", shortlists.page, name="shortlist"),
    path("shortlists/<uuid:uuid>/map.json", shortlists.map_json, name="shortlist-map"),
    path("shortlists/<uuid:uuid>/edit/", forms_shortlist.edit, name="shortlist-edit"),
    path("shortlists/<uuid:uuid>/add/", forms_shortlist.add, name="shortlist-add"),
    path("shortlists/<uuid:uuid>/freeze/", forms_shortlist.freeze, name="shortlist-freeze"),
    path("shortlists/<uuid:uuid>/sign/", forms_shortlist.sign, name="shortlist-sign"),
    path("shortlists/<uuid:uuid>/version/", forms_shortlist.next_version, name="shortlist-version"),
    path("shortlists/<uuid:uuid>/discard/", forms_shortlist.discard, name="shortlist-discard"),
    path("shortlists/<uuid:uuid>/compare/", shortlists.compare, name="shortlist-compare"),
    path("shortlists/<uuid:uuid>/download.csv", shortlists.download, {"form": "csv"}, name="shortlist-csv"),
    path("shortlists/<uuid:uuid>/download.json", shortlists.download, {"form": "json"}, name="shortlist-json"),
]
