"""Mappings: how the columns of somebody's list become places and assessments.  No Django here."""
