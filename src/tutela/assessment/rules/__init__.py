"""Pure decisions about assessments: no Django, no I/O."""
