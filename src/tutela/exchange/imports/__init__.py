"""Importing: read and validate into a staging file, then apply in one short transaction (wall 5)."""
