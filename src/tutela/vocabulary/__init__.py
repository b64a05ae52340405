"""The field's words as plain values: lists of terms, scales, names folded for search, dates and calendars.

No Django here, and no reading of files but the room's own YAML.
"""

from __future__ import annotations

from tutela.vocabulary.scales import extent_band, scale_names, to_core
from tutela.vocabulary.splitting import split_list
from tutela.vocabulary.terms import Match, Term, Vocabulary, all_names, load

__all__ = ["Match", "Term", "Vocabulary", "all_names", "extent_band", "load", "scale_names", "split_list", "to_core"]
