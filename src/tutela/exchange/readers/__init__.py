"""Any offered file as rows: what it is, how it is encoded and where its coordinates lie is found, and stated.

``open_source`` is the door; ``Source``, ``Refused`` and ``Row`` say what comes back; ``repair`` and
``geometry_columns`` are offered to the mapping engine.  No Django here; GDAL, PROJ and calamine load when needed.
"""

from __future__ import annotations

from .detect import GeometryGuess, geometry_columns
from .geometry import repair
from .opening import open_source
from .source import Refused, Row, Source

__all__ = ["GeometryGuess", "Refused", "Row", "Source", "geometry_columns", "open_source", "repair"]
