"""Which columns hold coordinates, judged by their headers in ten languages.

The words are those that registers, gazetteers and survey forms use (latitude, longitude, easting, northing, well-known
text); they name columns and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# en, fr, ru, uk, az, tr, ar, fa, hy; each folded by `fold` below
_WORDS: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "y wgs84", "wgs84 y", "dd lat", "широта", "шир", "en dairesi", "enlik", "cografi enlik",
            "enlem", "خط العرض", "دائرة العرض", "دائره العرض", "العرض", "عرض جغرافيايي", "عرض جغرافيا", "عرض",
            "լայնություն", "latitud", "latitudine", "breite", "breitengrad", "decimallatitude"),
    "lon": ("lon", "long", "lng", "longitude", "x wgs84", "wgs84 x", "dd lon", "долгота", "долг", "довгота", "дов",
            "uzunluq", "uzunluq dairesi", "cografi uzunluq", "boylam", "خط الطول", "الطول", "طول جغرافيايي",
            "طول جغرافيا", "طول", "երկայնություն", "longitud", "longitudine", "lange", "langengrad",
            "decimallongitude"),
    "x": ("x", "easting", "east", "eastings", "utm e", "utm x", "utm easting", "x utm", "e utm", "coord x", "x coord",
          "x coordinate", "coordonnee x", "abscisse", "est", "восток", "координата x", "x координата", "схід", "serq",
          "x koordinati", "sag deger", "saga", "dogu", "الاحداثي السيني", "احداثي سيني", "شرقيات", "الشرقيات", "س",
          "شرقي", "مختصات x", "ايكس", "արևելք", "x կոորդինատ", "point x", "rechtswert"),
    "y": ("y", "northing", "north", "northings", "utm n", "utm y", "utm northing", "y utm", "n utm", "coord y",
          "y coord", "y coordinate", "coordonnee y", "ordonnee", "nord", "север", "координата y", "y координата",
          "північ", "simal", "y koordinati", "yukari deger", "yukari", "kuzey", "الاحداثي الصادي", "احداثي صادي",
          "شماليات", "الشماليات", "ص", "شمالي", "مختصات y", "ايگرگ", "հյուսիս", "y կոորդինատ", "point y", "hochwert"),
    "wkt": ("wkt", "wkt geom", "wkt geometry", "geom wkt", "geometry", "geom", "the geom", "geometrie", "геометрия",
            "геометрія", "hendese", "geometri", "الشكل الهندسي", "هندسه", "geometric place expression", "hp geom",
            "shape wkt"),
    "geojson": ("geojson", "geo json", "geom json", "geometry json", "st asgeojson", "json geometry"),
    "pair": ("coordinates", "coordinate", "coords", "coord", "coordonnees", "latlon", "lat lon", "latlong", "lat long",
             "lat lng", "latitude longitude", "gps", "gps coordinates", "coordonnees gps", "координаты", "координати",
             "koordinatlar", "koordinat", "koordinatlari", "الاحداثيات", "احداثيات", "مختصات", "مختصات جغرافيايي",
             "կոորդինատներ", "koordinaten", "lon lat", "longitude latitude", "geolocation", "location point"),
    "zone": ("zone", "utm zone", "zone utm", "fuseau", "fuseau utm", "зона", "зона utm", "utm зона", "utm zonasi",
             "zona", "utm dilimi", "dilim", "zon", "نطاق", "المنطقه utm", "زون", "գոտի", "utm"),
}


def fold(header: str) -> str:
    """A header for comparison: lower case, no marks, Arabic and Persian letter forms unified, words parted by spaces.

    ``SiteLat`` gives 'site lat', ``Enlem (°)`` 'enlem', ``İnzibati`` 'inzibati', ``عَرْض`` 'عرض'.
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    text = text.replace("İ", "i").replace("I", "i").replace("ı", "i").replace("ə", "e").replace("Ə", "e").casefold()
    apart = unicodedata.normalize("NFKD", text.replace("й", "\ue000"))
    text = "".join(c for c in apart if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", text.replace("\ue000", "й"))
    for old, new in (("ی", "ي"), ("ى", "ي"), ("ک", "ك"), ("ة", "ه"), ("ـ", ""), ("\u200c", " ")):
        text = text.replace(old, new)
    return " ".join(re.findall(r"[^\W_]+", text))


_KIND = {fold(word): kind for kind, words in _WORDS.items() for word in words}
# words that mean something else beside others ("north boundary", "long description"): they count only alone
_ALONE = frozenset(map(fold, ("est", "nord", "east", "north", "geom", "العرض", "عرض", "الطول", "طول", "long", "saga",
                              "dogu", "kuzey", "simal", "serq", "север", "восток", "схід", "північ", "lange", "breite",
                              "yukari", "geometry", "geometri", "geometrie", "hendese", "هندسه", "شرقي", "شمالي",
                              "արևելք", "հյուսիս", "геометрия", "геометрія")))
_TOKENS = {word: kind for word, kind in _KIND.items() if " " not in word and len(word) > 2 and word not in _ALONE
           and kind in ("lat", "lon", "x", "y", "wkt", "geojson")}
_PHRASES = {word: kind for word, kind in _KIND.items() if " " in word and kind != "zone"}


@dataclass(frozen=True, slots=True)
class GeometryGuess:
    """Where coordinates stand.

    ``kind``: 'degrees' (``lat``, ``lon``), 'projected' (``x``, ``y``: metres, or degrees by another name), 'wkt',
    'geojson', 'pair' (one ``column`` with both numbers) or 'none'.  ``zone`` is a column with the UTM zone.
    """

    kind: str = "none"
    lat: str | None = None
    lon: str | None = None
    x: str | None = None
    y: str | None = None
    column: str | None = None
    zone: str | None = None


def header_kind(header: str) -> str | None:
    """'lat', 'lon', 'x', 'y', 'wkt', 'geojson', 'pair' or 'zone', if the header says so."""
    text = fold(header)
    if text in _KIND:
        return _KIND[text]
    if found := next((kind for phrase, kind in _PHRASES.items() if f" {phrase} " in f" {text} "), None):
        return found
    kinds = {_TOKENS[word] for word in text.split() if word in _TOKENS}
    if kinds == {"lat", "lon"}:
        return "pair"
    return kinds.pop() if len(kinds) == 1 and len(text.split()) <= 5 else None


def geometry_columns(columns: Iterable[str]) -> GeometryGuess:
    """The best reading of a table's headers; degrees before well-known text before metres before a single column."""
    first: dict[str, str] = {}
    for column in columns:
        kind = header_kind(column)
        if kind is not None:
            exact = fold(column) in _KIND
            if kind not in first or (exact and fold(first[kind]) not in _KIND):
                first[kind] = column
    zone = first.get("zone")
    if "lat" in first and "lon" in first:
        return GeometryGuess("degrees", lat=first["lat"], lon=first["lon"])
    if "geojson" in first:
        return GeometryGuess("geojson", column=first["geojson"])
    if "wkt" in first:
        return GeometryGuess("wkt", column=first["wkt"])
    if "x" in first and "y" in first:
        return GeometryGuess("projected", x=first["x"], y=first["y"], zone=zone)
    if "pair" in first:
        return GeometryGuess("pair", column=first["pair"], zone=zone)
    return GeometryGuess()
