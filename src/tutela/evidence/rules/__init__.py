"""Pure decisions about evidence: no Django."""
