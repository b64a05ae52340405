"""Pure decisions about places: no Django, no I/O."""
