"""The addresses."""

from __future__ import annotations

from django.urls import path

from tutela.web import urls_condition, urls_evidence, urls_forms
from tutela.web.views import account, export, import_drafts, imports, jobs, journal, people, place, places

urlpatterns = [
    path("", places.home, name="home"),
    path("places/", places.register, name="places"),
    path("places/map.json", places.map_json, name="map"),
    path("places/suggest.json", places.suggest, name="suggest"),
    path("places/<uuid:uuid>/", place.page, name="place"),
    path("places/<uuid:uuid>/card/", places.card, name="card"),
    path("i18n/setlang/", account.set_language, name="language"),
    path("sign-in/", account.sign_in, name="sign-in"),
    path("sign-out/", account.sign_out, name="sign-out"),
    path("account/", account.account, name="account"),
    path("places/export/", export.page, name="export"),
    path("imports/", imports.listed, name="imports"),
    path("imports/new/", import_drafts.new, name="import-new"),
    path("imports/draft/<str:token>/", import_drafts.draft, name="import-draft"),
    path("imports/draft/<str:token>/mapping/", import_drafts.mapping, name="import-mapping"),
    path("imports/draft/<str:token>/report/", import_drafts.report, name="import-dry"),
    path("imports/draft/<str:token>/refused/", import_drafts.refused, name="import-draft-refused"),
    path("imports/draft/<str:token>/discard/", import_drafts.discard, name="import-discard"),
    path("imports/<int:number>/", imports.report, name="import"),
    path("imports/<int:number>/undo/", imports.undo, name="import-undo"),
    path("imports/<int:number>/undone/", imports.undone, name="import-undone"),
    path("imports/<int:number>/refused/", imports.refused, name="import-refused"),
    path("jobs/<int:number>/", jobs.job, name="job"),
    path("jobs/<int:number>/stop/", jobs.stop, name="job-stop"),
    path("journal/", journal.listed, name="journal"),
    path("journal/<int:number>/", journal.change, name="change"),
    path("people/", people.listed, name="people"),
    path("people/new/", people.new, name="people-new"),
    path("people/account/<path:username>/", people.account, name="person"),
]
urlpatterns += urls_forms.urlpatterns + urls_evidence.urlpatterns + urls_condition.urlpatterns
