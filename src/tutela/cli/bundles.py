"""Evidence that others can prove: seals, time stamps, hand-over bundles, the workspace's public key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.evidence import group
from tutela.cli.running import Run, command
from tutela.errors import EXIT_FAILED, EXIT_OK, EXIT_USAGE, TutelaError, declare, problem

declare({"evidence-which": ("It is not said which items.", "Name them, or give {value}.")})


@command("seal", group)
def seal(
    run: Run,
    items: list[str] = typer.Argument(None, metavar="[ID]...", help="The items, in one seal."),
    all_unsealed: bool = typer.Option(False, "--all-unsealed", help="Every item that no seal names yet."),
    authority: str = typer.Option("", "--authority", metavar="URL", help="Ask this authority for a time stamp at once; it learns a digest "
                                  "alone. Without it nobody is asked, and the request is kept."),
    certificates: Path | None = typer.Option(None, "--certificates", metavar="FILE", help="The authority's certificates (PEM)."),
    note: str = typer.Option("", "--note", help="Why; kept in the journal."),
) -> None:
    """Sign what is held of some items now: any later change is found by `check-seals`."""
    actor = run.open()
    from tutela.evidence import seals

    wanted = seals.unsealed(actor) if all_unsealed else list(items or ())
    if not wanted and not all_unsealed:
        raise TutelaError(problem("evidence-which", value="--all-unsealed"), EXIT_USAGE)
    made = [seals.seal(actor, wanted[at : at + seals.MOST], note) for at in range(0, len(wanted), seals.MOST)]
    stamped = _stamps(actor, authority, certificates) if authority and made else []
    told = f"Sealed: {len(wanted):,} items in {len(made)} seal{'' if len(made) == 1 else 's'}." if made else "Every item is sealed already."
    run.answer({"seals": made, "items": len(wanted), "stamped": stamped}, [told, *made, *_stamp_lines(stamped)])


@command("stamp", group)
def stamp(
    run: Run,
    authority: str = typer.Option("", "--authority", metavar="URL", help="The authority to ask; else the one chosen with --remember."),
    certificates: Path | None = typer.Option(None, "--certificates", metavar="FILE", help="Its certificates (PEM), from its own site."),
    remember: bool = typer.Option(False, "--remember", help="Ask this authority from now on when none is named."),
    forget: bool = typer.Option(False, "--forget", help="Ask nobody any more unless one is named."),
    renew: bool = typer.Option(False, "--renew", help="Also stamp anew the seals whose stamp ends within a year."),
    timeout: float = typer.Option(20.0, "--timeout", metavar="SECONDS", help="How long to wait for an answer."),
) -> None:
    """Ask for the time stamps that seals wait for. Only digests leave this machine, and only to the authority named."""
    actor = run.open()
    from tutela.evidence import stamps

    if forget:
        stamps.choose(actor, None)
        run.answer({"authority": None}, ["No authority is asked from now on unless one is named."])
        return
    if remember:
        stamps.choose(actor, authority or None, certificates.read_bytes() if certificates else b"")
    done = _stamps(actor, authority, certificates, timeout, renew)
    run.answer({"stamped": done}, _stamp_lines(done) or ["No seal waits for a time stamp."])


def _stamps(actor: Any, authority: str, certificates: Path | None, timeout: float = 20.0, renew: bool = False) -> list[dict[str, Any]]:
    from tutela.evidence import stamps

    return stamps.stamp_pending(actor, authority or None, timeout, certificates.read_bytes() if certificates else b"", renew)


def _stamp_lines(done: list[dict[str, Any]]) -> list[str]:
    return [f"{each['seal']}: stamped {each['stamped']} by {each['authority']}" for each in done]


@command("check-seals", group)
def check_seals(
    run: Run,
    seal_ids: list[str] = typer.Argument(None, metavar="[SEAL]...", help="These seals alone; else all."),
) -> None:
    """Check seals against what is held now: valid, pending (no time stamp yet), expired, or broken, and why.

    Exit code 0: none is broken; 1: one is.
    """
    actor = run.open()
    from tutela.evidence import seals

    with run.progress() as progress:
        found = [{"seal": each, **standing.as_dict()} for each, standing in seals.check_all(actor, list(seal_ids or ()), progress)]
    lines = [f"{each['seal']}  {each['state']:8}  {each['items']:,} items  {each['reason']}" for each in found] or ["There are no seals."]
    run.answer({"seals": found}, lines, EXIT_FAILED if any(each["state"] == "broken" for each in found) else EXIT_OK)


@command("bundle", group)
def bundle(
    run: Run,
    out: Path = typer.Argument(..., metavar="OUT", help="A new folder, or a file that ends in .zip."),
    place: list[str] = typer.Option([], "--place", metavar="ID", help="The items that concern this place; may be given several times."),
    items: Path | None = typer.Option(None, "--list", metavar="FILE", help="A file with the ids of items, one a line."),
    public: bool = typer.Option(False, "--public", help="For everybody: open items, redacted and stripped copies; no originals, no people."
                                ),
    originals: bool = typer.Option(False, "--originals", help="With the originals, unchanged, metadata and all (this is the default)."),
    names: bool = typer.Option(False, "--names", help="Say the names of the people in the chain of custody, not their ids alone."),
    purpose: str = typer.Option("", "--purpose", help="What for; kept in the log of every original that goes out."),
) -> None:
    """Hand evidence over: BagIt, signed, with its chain, seals, citing records, a readable page, and a script that proves it.

    Without --place and --list: everything you may export.
    """
    actor = run.open()
    from tutela.evidence.bundles.write import bundle as write

    if public and originals:
        raise TutelaError(problem("evidence-which", value="either --public or --originals"), EXIT_USAGE)
    listed = [line.strip() for line in items.read_text(encoding="utf-8").splitlines() if line.strip()] if items else None
    with run.progress() as progress:
        told = write(actor, out, items=listed, places=place or None, progress=progress, public=public, names=names, purpose=purpose)
    from tutela.evidence.keys import fingerprint

    proof = f"{out / 'verify.py'} {out}" if out.is_dir() else f"verify.py {out}"
    lines = [f"{out}: {told.items:,} items, {told.records:,} records, {told.seals:,} seals, {told.bytes:,} bytes",
             *(f"  left out: {why}: {count:,}" for why, count in told.left_out.items()),
             f"To prove it:  python3 {proof} --key {told.key}",
             f"Tell the receiver the key by another way than the bundle; its fingerprint: {fingerprint(told.key)}"]
    if not public:
        lines.append("The originals are unchanged: positions and names in their metadata are still in them.")
    run.answer(told.as_dict(), lines)


@command("import-bundle", group)
def import_bundle(
    run: Run,
    folder: Path = typer.Argument(..., metavar="BUNDLE", help="A bundle: its folder, or the .zip."),
    key: str = typer.Option("", "--key", metavar="KEY", help="The public key of whoever made it, learned by another way: digits, or "
                            "a file."),
) -> None:
    """Prove a bundle, then take it in with its chain of custody; the same bundle twice changes nothing.

    Exit code 3: it was altered, or holds what cannot be kept; nothing was taken in.
    """
    actor = run.open()
    from tutela.evidence.bundles.read import Refusal, take_in

    try:
        with run.progress() as progress:
            told = take_in(actor, folder, key or None, progress)
    except Refusal as error:
        lines = [f"{each.file or folder}: {each.message} [{each.code}]" for each in error.problems]
        run.answer({"refused": [each.as_dict() for each in error.problems]}, [*lines, error.problem.todo], error.exit_code)
        return
    lines = [f"Bundle {told.bundle} of {told.workspace}: {len(told.items):,} items, {len(told.new):,} of them new.",
             *(f"  brought: {kind}: {count:,}" for kind, count in told.brought.items()),
             *(f"  not linked: {why}: {count:,}" for why, count in told.left.items())]
    if told.unchanged:
        lines.append("Everything in it was taken in before; nothing was changed.")
    if not told.proven:
        lines.append("No key was given: only that it agrees with itself was proven.")
    run.answer(told.as_dict(), lines)


@command("key", group)
def key(
    run: Run,
    new: bool = typer.Option(False, "--new", help="Make a new key and use it from now on; the old public key stays known."),
    why: str = typer.Option("", "--note", help="Why; kept in the journal."),
    pem: bool = typer.Option(False, "--pem", help="As a PEM file holds it."),
) -> None:
    """Say the public key by which others prove bundles and seals of this workspace."""
    actor = run.open()
    from tutela.evidence import keys

    now = keys.rotate(actor, why) if new else keys.current(actor)
    if pem and not run.json:
        screen.say(keys.as_pem(now.key).rstrip("\n"))
        return
    former = [each for each in keys.all_keys() if each.key != now.key]
    told = {"key": now.key, "fingerprint": now.fingerprint, "made": now.made, "pem": keys.as_pem(now.key),
            "former": [{"key": each.key, "fingerprint": each.fingerprint, "made": each.made, "retired": each.retired} for each in former]}
    run.answer(told, [now.key, f"fingerprint: {now.fingerprint}", f"made: {now.made}",
                      *(f"former key {each.key}, {each.made} to {each.retired}" for each in former)])
