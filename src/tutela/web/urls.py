"""The addresses."""

from __future__ import annotations

from django.urls import path

from tutela.web.views import account, place, places

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
]
