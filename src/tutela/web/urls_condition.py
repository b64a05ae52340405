"""The addresses of condition: review, consensus, the damaged-places list, triage, timelines."""

from __future__ import annotations

from django.urls import path

from tutela.web.views import (
    assessment_consensus,
    assessment_page,
    condition,
    condition_damaged,
    condition_timeline,
    condition_triage,
    forms_assessment,
    place_pictures,
)

urlpatterns = [
    path("condition/", condition.entry, name="condition"),
    path("condition/disagreements/", condition.disagreements, name="disagreements"),
    path("condition/damaged/", condition_damaged.page, name="damaged"),
    path("condition/damaged/places/", condition_damaged.behind, name="damaged-places"),
    path("condition/damaged/damaged-places.<str:kind>", condition_damaged.download, name="damaged-download"),
    path("condition/triage/", condition_triage.page, name="triage"),
    path("condition/triage/map.json", condition_triage.map_json, name="triage-map"),
    path("condition/triage/order.csv", condition_triage.order_csv, name="triage-csv"),
    path("condition/triage/choose/", condition_triage.choose, name="triage-choose"),
    path("condition/timeline/", condition_timeline.page, name="timeline"),
    path("condition/timeline/findings/", condition_timeline.behind, name="timeline-findings"),
    path("assessments/<uuid:uuid>/", assessment_page.page, name="assessment"),
    path("assessments/<uuid:uuid>/act/", assessment_page.act, name="assessment-act"),
    path("assessments/<uuid:uuid>/comment/", assessment_page.comment, name="assessment-comment"),
    path("assessments/<uuid:uuid>/edit/", forms_assessment.edit, name="assessment-edit"),
    path("assessments/<uuid:uuid>/proposals/<uuid:proposal>/", assessment_page.decide, name="assessment-decide"),
    path("places/<uuid:uuid>/consensus/", assessment_consensus.consensus, name="consensus"),
    path("places/<uuid:uuid>/pictures/", place_pictures.page, name="place-pictures"),
]
