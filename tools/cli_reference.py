"""Write the command line reference from the commands themselves: ``python tools/cli_reference.py docs/cli.md``.

Without an argument the page goes to standard output; ``--check FILE`` ends with 1 if the file is not what would be
written.  ``make docs`` does it.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

INTRODUCTION = """# The command line

Written from the commands by `make docs`; do not edit. `tutela COMMAND --help` says the same.

Exit codes: 0 all done; 1 something did not hold or could not be done; 2 wrong usage; 3 rows were refused;
4 the input cannot be used.
"""


def page(command: Any, name: str = "tutela") -> str:
    """The whole reference of a click ``command`` and its subcommands, as Markdown."""
    return "\n".join([INTRODUCTION, *section(command, name, 2)]).rstrip() + "\n"


def section(command: Any, name: str, level: int) -> list[str]:
    """One command: what it is for, how it is written, its arguments and options; then its subcommands."""
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    options = [p for p in shown if p.param_type_name == "option"]
    children = {key: child for key, child in sorted(getattr(command, "commands", {}).items()) if not child.hidden}
    usage = [name, *(["[OPTIONS]"] if options else []), *(["COMMAND …"] if children else []), *map(written, arguments)]
    lines = [
        f"{'#' * min(level, 4)} {name}",
        "",
        *paragraphs(command.help or ""),
        "",
        "```",
        " ".join(usage),
        "```",
        "",
    ]
    for title, params in (("Argument", arguments), ("Option", options)):
        if params:
            lines += [
                f"| {title} | Meaning |",
                "|---|---|",
                *(f"| `{cell(label(p))}` | {cell(meaning(p))} |" for p in params),
                "",
            ]
    for key, child in children.items():
        lines += section(child, f"{name} {key}", level + 1)
    return lines


def paragraphs(text: str) -> list[str]:
    """The help text as written, less the marks of the terminal layout."""
    return inspect.cleandoc(text.split("\f")[0]).replace("\b\n", "").split("\n")


def written(argument: Any) -> str:
    """An argument in the usage line: ``FILE…`` if it repeats, ``[FILE]`` if it may be left out."""
    name = (argument.metavar or argument.name or "").upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required or name.startswith("[") else f"[{name}]"


def label(param: Any) -> str:
    """An option with its short form and the kind of value; an argument's name."""
    if param.param_type_name == "argument":
        return written(param)
    names = ", ".join([*param.opts, *param.secondary_opts])
    if param.is_flag or param.count:
        return names
    return f"{names} {param.metavar or kind(param.type)}"


def kind(given: Any) -> str:
    """What an option takes, in a word: ``TEXT``, ``PATH``, ``NUMBER``, or its choices."""
    choices = getattr(given, "choices", None)
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    name = str(getattr(given, "name", "")).lower()
    return "PATH" if name in ("path", "file", "directory", "filename") else "NUMBER" if name.startswith(("integer", "float")) else "TEXT"


def meaning(param: Any) -> str:
    """What it does, its default and the variable that sets it."""
    parts = [getattr(param, "help", None) or ""]
    if param.default not in (None, False, "", (), []) and not callable(param.default):
        parts.append(f"Default: {getattr(param.default, 'value', param.default)}.")
    if param.envvar:
        parts.append(f"Variable: {param.envvar if isinstance(param.envvar, str) else ', '.join(param.envvar)}.")
    if param.required and param.param_type_name == "option":
        parts.append("Required.")
    return " ".join(filter(None, parts))


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write, print or check the page."""
    import typer.main

    from tutela.cli import app

    text = page(typer.main.get_command(app))
    if arguments[:1] == ["--check"]:
        return 0 if Path(arguments[1]).read_text(encoding="utf-8") == text else 1
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
