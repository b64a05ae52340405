"""The pages of a bundle for people: ``index.html`` (no script, nothing from outside, prints, any script's direction) and README.txt."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from tutela.evidence import copies
from tutela.evidence.bundles.gather import SHOWN, title_of
from tutela.evidence.keys import fingerprint
from tutela.store.documents import dashed
from tutela.vocabulary import disclaimer

Document = dict[str, Any]

# The tokens of the application's own style (surfaces, ink, lines, accent, type), as far as a page of records needs them.
STYLE = """
:root{color-scheme:light dark;--paper:#f3f3ef;--sheet:#fff;--sunk:#eaeae4;--ink:#17191b;--ink-2:#42464a;--ink-3:#5c6166;--rule:#dadad3;
--accent:#6a2459;--line:#ad78a1;--plate:#e4e4de;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans","Noto Sans Arabic","Noto Sans Syriac",sans-serif;
--serif:Charter,"Bitstream Charter","Charis SIL","Sitka Text",Cambria,"Noto Serif","Noto Naskh Arabic",Georgia,serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Consolas,"Noto Sans Mono","DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#111214;--sheet:#191b1d;--sunk:#24272a;--ink:#eceae5;--ink-2:#c2c1bc;--ink-3:#9fa2a2;
--rule:#303437;--accent:#dfaed4;--line:#9a6f91;--plate:#2a2d30}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:.875rem/1.5 var(--sans)}
main,header,footer{max-width:64rem;margin-inline:auto;padding-inline:1rem}
header{padding-block:2rem 1rem}footer{padding-block:1.5rem 3rem;color:var(--ink-2)}
h1,h2{font-family:var(--serif);line-height:1.25;font-weight:600}h1{font-size:1.875rem;margin:0 0 .25rem}
h2{font-size:1.3125rem;margin:0 0 .75rem}h3{font-size:.875rem;margin:1.25rem 0 .25rem}
p{max-width:46rem;margin:.25rem 0 .75rem}a{color:var(--accent)}a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
article,.box{background:var(--sheet);border:1px solid var(--rule);border-radius:2px;padding:1.25rem;margin-block:1rem}
.item{display:grid;grid-template-columns:minmax(0,18rem) minmax(0,1fr);gap:0 1.5rem}.item>h2,.wide{grid-column:1/-1}
figure{margin:0;background:var(--plate);align-self:start;display:grid;place-items:center;min-height:8rem}
figure img{display:block;max-width:100%;max-height:24rem;height:auto}
figcaption{padding:.5rem;color:var(--ink-2);font-size:.8125rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.125rem 1rem;margin:0}
dt{color:var(--ink-3)}dd{margin:0;overflow-wrap:anywhere}
code,.mono{font-family:var(--mono);font-size:.8125rem;overflow-wrap:anywhere}
pre{background:var(--sunk);padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0;font:.8125rem/1.5 var(--mono)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.8125rem}
th,td{text-align:start;vertical-align:top;padding-block:.25rem;padding-inline-end:.75rem;border-block-end:1px solid var(--rule)}
th{color:var(--ink-3);font-weight:500}
td code,td .mono{font-size:.75rem;white-space:nowrap;overflow-wrap:normal}.when{white-space:nowrap}td{min-width:4rem}
ul{margin:.25rem 0;padding-inline-start:1.25rem}
@media (max-width:44rem){.item{grid-template-columns:minmax(0,1fr)}figure{margin-block-end:1rem}
dl{grid-template-columns:minmax(0,1fr)}dd{margin-block-end:.375rem}h1{font-size:1.5rem}}
@media print{:root{--paper:#fff;--sheet:#fff;--sunk:#f3f3ef;--ink:#000;--ink-2:#333;--ink-3:#444;--rule:#bbb;--accent:#000;--plate:#fff}
body{font-size:9pt}code,.mono,pre{font-size:8pt}article{break-inside:auto;border-inline:0}figure,tr{break-inside:avoid}.scroll{overflow:visible}@page{margin:15mm}}
"""


def _said(text: Any) -> str:
    """A text somebody wrote, in whatever direction its script runs."""
    return f'<bdi dir="auto">{escape(str(text))}</bdi>'


def _time(text: Any) -> str:
    return f'<span class="when">{escape(str(text)[:19].replace("T", " "))}</span>'


def _facts(rows: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows if value) + "</dl>"


def _table(headers: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th scope=col>{escape(each)}</th>" for each in headers)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class=scroll tabindex=0><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def html(bundle: Document, items: list[Document], records: dict[str, Document], seals: dict[str, Document]) -> Iterator[str]:
    """The page, in pieces."""
    public = bundle["kind"] == "public"
    head = bundle["head"]
    yield ("<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
           "<meta name=referrer content=no-referrer><meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
           "style-src 'unsafe-inline'; img-src 'self' file:; base-uri 'none'; form-action 'none'\">"
           f"<title>Evidence from {escape(bundle['workspace'])}</title><style>{STYLE}</style></head><body>"
           f"<header><h1>Evidence handed over by {_said(bundle['workspace'])}</h1><p>Bundle <code>{dashed(bundle['bundle'])}</code>, made "
           f"{_time(bundle['made'])} UTC. {_count(len(items), 'item')}, {_count(len(records), 'record')} that rest on them or say where "
           f"they belong, {_count(len(seals), 'seal')}.</p></header><main>")
    yield "<section class=box aria-labelledby=what><h2 id=what>What this is, and how to prove it</h2>"
    yield ("<p>This bundle is for the public: pictures without their metadata, redacted where a redacted version exists; no originals, "
           "nothing that names people or leads to a spot that is not public.</p>" if public else
           "<p>Originals lie unchanged in <code>data/originals</code>, named by their digests (SHA-256). They can hold positions and names "
           "in their metadata: handle them as their marks say.</p>")
    yield ("<p>This page is a convenience. The proof is made by <code>verify.py</code>, which needs Python 3.8 and nothing else, with the "
           "public key of the office that handed the bundle over, learned by another way than this bundle:</p>"
           "<pre>python3 verify.py . --key PUBLICKEY</pre>"
           + _facts([("Key's fingerprint", f"<code>{fingerprint(bundle['key'])}</code>"),
                     ("Journal", f"line {head['line']:,}, <code>{escape(head['chain'])}</code>")]))
    if bundle["left_out"]:
        yield "<h3>Left out</h3><ul>" + "".join(f"<li>{escape(why)}: {n:,}</li>" for why, n in sorted(bundle["left_out"].items())) + "</ul>"
    yield "</section>"
    if len(items) > 1:
        links = "".join(f'<li><a href="#i{each["id"]}">{_said(title_of(each))}</a></li>' for each in items)
        yield f"<nav class=box aria-label=Items><h2>Items</h2><ul>{links}</ul></nav>"
    names = bundle.get("people", {})
    for each in items:
        yield _item(each, records, seals, names)
    yield f"</main><footer><p>{escape(disclaimer.text('boundaries'))}</p><p>{escape(disclaimer.text('names'))}</p></footer></body></html>"


def _item(item: Document, records: dict[str, Document], seals: dict[str, Document], people: Document) -> str:
    document = item["document"]
    figure = "<figure><figcaption>No picture of it is in this bundle.</figcaption></figure>"
    picture = _picture(item["copies"])
    if picture:
        redacted = any(each["document"]["use"] == "redacted" for each in item["copies"])
        told = "Redacted copy" if redacted else "Working copy"
        alt = escape(title_of(item), quote=True)
        figure = f'<figure><img src="{picture}" alt="{alt}" loading=lazy><figcaption>{told}</figcaption></figure>'
    original = f'<a href="{item["original"]}">{item["original"].rpartition("/")[2]}</a>' if item["original"] else (
        "destroyed by rule; the record of it stays" if document.get("state") == "destroyed" else "not in this bundle")
    facts = [("Original", original), ("SHA-256", f"<code>{document['digest']}</code>"),
             ("Media type", f"{escape(document['media_type'])}, {document['size']:,} bytes"),
             ("Description", _said(document["description"]) if document.get("description") else ""),
             ("Handling", escape(document.get("handling", {}).get("mark", "restricted"))),
             ("Says of itself", _said("taken " + str(document["stated"]["taken"])) if document.get("stated", {}).get("taken") else ""),
             ("Places", ", ".join(_place(records[each["id"]]) for each in item["places"] if each["id"] in records)),
             ("Witnesses", ", ".join(escape(each["pseudonym"]) for each in item.get("witnesses", ()))),
             ("Graded", "; ".join(f"{g['document']['reliability']}{g['document']['credibility']}" for g in item["gradings"]))]
    parts = [f'<article class=item id="i{item["id"]}"><h2>{_said(title_of(item))}</h2>{figure}<div>{_facts(facts)}']
    rows = [[_time(d.get("received", "")), escape(d.get("way", "")), _said(d.get("name", "")), _said(d.get("collector", "")),
             _said(" ".join(filter(None, (d.get("source", {}).get("title"), d.get("source", {}).get("uri")))))]
            for d in (each["document"] for each in item["acquisitions"])]
    columns = [0, 1, 2, 3, 4] if any("name" in each["document"] for each in item["acquisitions"]) else [0, 1, 4]
    headers = ["Received", "Way", "Name", "From", "Source"]
    parts.append("<h3>How it came in</h3>" + _table([headers[n] for n in columns], [[row[n] for n in columns] for row in rows])
                 if rows else "")
    cited = "".join(f"<li>{_citation(each['document'], records)}</li>" for each in item["citations"])
    parts.append("<h3>Rests on it</h3>" + (f"<ul>{cited}</ul>" if cited else "<p>No record that is in this bundle cites it.</p>"))
    sealed = [_seal(seals[each["seal"]]) for each in item["seals"]]
    parts.append("<h3>Seals</h3>" + ("<ul>" + "".join(sealed) + "</ul>" if sealed else "<p>It was not sealed.</p>"))
    rows = [[_time(e["at"]), escape(e["act"]), _who(e.get("actor"), people), "log of reads" if e["source"] == "reads" else "journal",
             f'<span class=mono>{escape(str(e["seal"])[:16])}…</span>'] for e in (each["event"] for each in item["custody"])]
    parts.append("</div><div class=wide><h3>Chain of custody</h3>" + _table(["When (UTC)", "Act", "By", "Kept in", "Seal"], rows)
                 + "</div></article>")
    return "".join(parts)


def _picture(made: list[Document]) -> str | None:
    """The file of the copy to show: a redaction, or made of one, where there is one."""
    pictures = {each["file"]: each["document"] for each in made if each["document"]["media_type"] in SHOWN}
    redacted = {each["digest"] for each in pictures.values() if each["use"] == "redacted"}
    fitting = [each for each in pictures.values() if not redacted or each["digest"] in redacted or each["derivation"]["from"] in redacted]
    for use in ("web", "redacted", "thumbnail", "poster"):
        best = copies.best(fitting, use)
        if best is not None:
            return next(file for file, document in pictures.items() if document is best)
    return None


def _place(record: Document) -> str:
    names = record["document"].get("names") or [{"text": dashed(record["id"])[:8]}]
    return " / ".join(f'<bdi dir=auto lang="{escape(str(n.get("lang", "")), quote=True)}">{escape(str(n["text"]))}</bdi>'
                      for n in names[:4])


def _citation(citation: Document, records: dict[str, Document]) -> str:
    record = records[citation["record"]]
    place = records.get(record["document"].get("place", ""))
    what = _place(record) if record["kind"] == "place" else escape(record["kind"])
    observed = record["document"].get("observed")
    part = f", {escape(citation['part'])}" if citation.get("part") else ""
    where = escape(_where(citation.get("locator", {})))
    return (f'<a href="data/records/{record["id"]}.json">{what}</a>{part}' + (f" of {_place(place)}" if place else "")
            + (f", observed {escape(str(observed))}" if observed else "") + (f" ({where})" if where else "")
            + (f": {_said(citation['note'])}" if citation.get("note") else ""))


def _where(locator: Document) -> str:
    """A place in a file, in words."""
    said = [f"page {locator['page']}"] if "page" in locator else []
    if "from" in locator:
        said.append(f"{locator['from']}–{locator['to']}" if "to" in locator else f"at {locator['from']}")
    if "region" in locator:
        x, y, w, h = (round(100 * float(locator["region"][key])) for key in "xywh")
        said.append(f"the part {w} × {h} % in size, {x} % from the left, {y} % from the top")
    return ", ".join(said)


def _seal(seal: Document) -> str:
    stamped = [each for each in seal["stamps"] if each["token"]]
    by = "; ".join(f"stamped {_time(each['stamped'])} by {escape(str(each['authority']))}" for each in stamped)
    return f"<li>{_time(seal['made'])}, key <code>{fingerprint(seal['key'])[:9]}…</code>, {by or 'no time stamp yet'}</li>"


def _who(actor: str | None, people: Document) -> str:
    if not actor:
        return "not told"
    return f"{_said(people[actor])} <code>{escape(actor)}</code>" if actor in people else f"<code>{escape(actor)}</code>"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def readme(bundle: Document) -> str:
    """What lies where, and how to prove it, as plain text."""
    kind = ("for the public: no originals, working copies without metadata" if bundle["kind"] == "public"
            else "with originals, unchanged, as their handling marks allow")
    return f"""EVIDENCE FROM {bundle["workspace"]}

Bundle {dashed(bundle["bundle"])}, made {bundle["made"]}, {kind}.

TO READ IT      open index.html.
TO PROVE IT     python3 verify.py FOLDER --key PUBLICKEY        (Python 3.8 or newer, nothing else; the .zip can be named too)
                PUBLICKEY: ask whoever handed it over, by another way than this bundle (telephone, paper, an earlier delivery).
                Its fingerprint should be  {fingerprint(bundle["key"])}
                Without --key the script can only say that the bundle agrees with itself. Whoever can alter the bundle can alter
                the script in it as well: take verify.py from a source you trust if you have one.
TIME STAMPS     openssl ts -verify -data SEALED -in data/seals/SEAL/0.tsr -CAfile ROOT.pem
                SEALED: manifest.json followed by the 64 bytes of the signature that seal.json holds in hexadecimal;
                ROOT.pem: the authority's certificate from its own site (0.pem is the one used when it was stamped).

bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt     BagIt 1.0 (RFC 8493)
signature.json          the signed statement over tagmanifest-sha256.txt (Ed25519, RFC 8032): statement as canonical JSON
                        (sorted keys, no white space, UTF-8), signature and public key in hexadecimal
data/bundle.json        what is in it, for whom it was made, what was left out
data/items/ID.json      each item: description, how it came in, copies, gradings, citations, custody (reads included), seals
data/originals/         the files as they were received, named by their SHA-256; what a browser could run ends in .txt
data/copies/            working copies (smaller, redacted, text)
data/records/ID.json    the records that cite the items, and their places, as this reader may see them
data/seals/ID/          seal.json, manifest.json (what was signed), N.tsq, N.tsr, N.pem (time stamps: request, token, certificates)

A link of the custody chain: SHA-256(link before ‖ event as canonical JSON); the first follows SHA-256("tutela-custody/1 " ‖ item id).
"seal" in an event is the value by which the workspace's own journal or log of reads chains it.
A seal's manifest names each item by SHA-256(salt ‖ entry as canonical JSON); salt and entry are in the item's file.

{disclaimer.text("boundaries")}
"""
