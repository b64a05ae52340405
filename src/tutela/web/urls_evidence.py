"""The addresses of evidence: items, intake, redaction, seals, bundles, citations."""

from __future__ import annotations

from django.urls import URLPattern, path

from tutela.web.views import (
    evidence,
    evidence_acts,
    evidence_bundles,
    evidence_cite,
    evidence_files,
    evidence_intake,
    evidence_item,
    evidence_redact,
    evidence_take_in,
    evidence_witnesses,
)

urlpatterns: list[URLPattern] = [
    path("evidence/", evidence.listed, name="evidence"),
    path("evidence/places.json", evidence.places, name="evidence-places"),
    path("evidence/add/", evidence_intake.new, name="evidence-add"),
    path("evidence/add/files/", evidence_intake.files, name="evidence-files"),
    path("evidence/intake/<int:number>/", evidence_intake.report, name="evidence-taken"),
    path("evidence/files/<uuid:copy>", evidence_files.copy, name="evidence-copy"),
    path("evidence/citations/<uuid:citation>/withdraw/", evidence_acts.withdraw, name="evidence-withdraw"),
    path("evidence/key.pem", evidence_bundles.public_key, name="evidence-key"),
    path("evidence/bundles/", evidence_bundles.page, name="evidence-bundles"),
    path("evidence/bundles/make/", evidence_bundles.make, name="evidence-bundle"),
    path("evidence/bundles/made/<int:number>/", evidence_bundles.made, name="evidence-made"),
    path("evidence/bundles/made/<int:number>/download/", evidence_bundles.download, name="evidence-download"),
    path("evidence/bundles/take-in/", evidence_take_in.take_in, name="evidence-take-in"),
    path("evidence/bundles/taken/<int:number>/", evidence_take_in.taken, name="evidence-bundle-taken"),
    path("evidence/seals/new/", evidence_bundles.seal_now, name="evidence-seal-now"),
    path("evidence/seals/stamp/", evidence_bundles.stamp, name="evidence-stamp"),
    path("evidence/witnesses/", evidence_witnesses.listed, name="evidence-witnesses"),
    path("evidence/witnesses/show/", evidence_witnesses.show, name="evidence-witness-show"),
    path("evidence/witnesses/act/", evidence_witnesses.act, name="evidence-witness-act"),
    path("evidence/<uuid:uuid>/", evidence_item.page, name="evidence-item"),
    path("evidence/<uuid:uuid>/describe/", evidence_acts.describe, name="evidence-describe"),
    path("evidence/<uuid:uuid>/grade/", evidence_acts.grade, name="evidence-grade"),
    path("evidence/<uuid:uuid>/cite/", evidence_cite.from_item, name="evidence-cite"),
    path("evidence/<uuid:uuid>/redact/", evidence_redact.redact, name="evidence-redact"),
    path("evidence/<uuid:uuid>/seal/", evidence_acts.seal, name="evidence-seal"),
    path("evidence/<uuid:uuid>/hand-over/", evidence_acts.hand_over, name="evidence-hand-over"),
    path("evidence/<uuid:uuid>/destroy/", evidence_acts.destroy, name="evidence-destroy"),
    path("evidence/<uuid:uuid>/original/", evidence_files.original, name="evidence-original"),
    path("evidence/<uuid:uuid>/play/", evidence_files.play, name="evidence-play"),
    path("evidence/<uuid:uuid>/copies/", evidence_intake.copies, name="evidence-make-copies"),
    path("places/<uuid:uuid>/cite/", evidence_cite.from_place, name="place-cite"),
]
