"""Pure decisions about what documents say: no Django, no I/O."""
