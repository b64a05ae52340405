// Everything on the map that is not a line or a surface is drawn here, on a canvas, from the page's own colours:
// condition marks, rings for places close together, names of towns and countries.  No glyph files are needed, and the
// browser shapes every script.  An image's id says what it shows, so MapLibre can ask for it by name.

export const KINDS = ["good", "fair", "poor", "vbad", "gone", "unknown", "notvisible", "notassess", "notvisited", "none"];
const SOLID = new Set(["good", "fair", "poor", "vbad", "gone"]);
const CODES = { "very-bad": "vbad", "very_bad": "vbad", destroyed: "gone", "not-visible": "notvisible",
  "not-assessable": "notassess", "not-visited": "notvisited", "": "none" };
const SCALE = () => Math.max(2, Math.ceil(window.devicePixelRatio || 1));

/** The mark that stands for a condition or outcome code; what is not known to us is drawn as "unknown". */
export function kindOf(code) {
  const kind = CODES[code ?? ""] ?? code;
  return KINDS.includes(kind) ? kind : "unknown";
}

/** The language for numbers, with the digits that the pages use (i18n.py). */
export function numberLocale() {
  const lang = document.documentElement.lang || "en";
  return lang === "ar" ? "ar-u-nu-arab" : lang;
}

/** The page's colours as they are now (light, dark or more contrast). */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--t-${name}`).trim();
  return new Proxy({}, { get: (kept, name) => (kept[name] ??= read(name)) });
}

function sheet(width, height) {
  const scale = SCALE();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(scale, scale);
  return { pen, done: () => ({ image: pen.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: scale }) };
}

function outline(kind) {
  const path = new Path2D();
  if (kind === "fair") path.rect(2.9, 2.9, 10.2, 10.2);
  else if (kind === "poor") path.addPath(new Path2D("M8 1.3 14.7 8 8 14.7 1.3 8Z"));
  else if (kind === "vbad") path.addPath(new Path2D("M8 1.6 15 13.8H1Z"));
  else if (kind === "gone") path.addPath(new Path2D("M3 3l10 10M13 3 3 13"));
  else path.arc(8, 8, kind === "none" ? 3 : 5.6, 0, 2 * Math.PI);
  if (kind === "notvisible") path.addPath(new Path2D("M4.2 11.8 11.8 4.2"));
  if (kind === "notassess") path.addPath(new Path2D("M4.6 8h6.8"));
  return path;
}

/** One condition mark, 16 px and a halo: shape and colour both tell the condition. */
export function mark(kind, colour) {
  const { pen, done } = sheet(20, 20);
  pen.translate(2, 2);
  pen.lineJoin = "round";
  const path = outline(kind);
  const cross = kind === "gone";
  pen.strokeStyle = colour["map-halo"];
  pen.lineWidth = cross ? 6.4 : 4;
  pen.stroke(path);
  if (!cross) {
    pen.fillStyle = SOLID.has(kind) ? colour[kind] : colour.sheet;
    pen.fill(path);
  }
  pen.strokeStyle = SOLID.has(kind) ? colour[`${kind}-line`] : colour.none;
  pen.lineWidth = cross ? 3.2 : 1.4;
  if (kind === "unknown") pen.setLineDash([2, 1.9]);
  pen.stroke(path);
  return done();
}

/** Places close together: a ring shared out by condition, the count inside, underlined since it leads to records. */
export function ring(count, shares, colour) {
  const text = new Intl.NumberFormat(numberLocale(), { notation: "compact" }).format(count);
  const size = 26 + Math.max(0, text.length - 2) * 6;
  const { pen, done } = sheet(size + 4, size + 4);
  const middle = size / 2 + 2;
  const disc = (radius, fill) => {
    pen.beginPath();
    pen.arc(middle, middle, radius, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
  };
  disc(size / 2 + 1, colour["map-halo"]);
  disc(size / 2, colour["ink-2"]);
  const total = shares.reduce((sum, [, n]) => sum + n, 0) || 1;
  let turn = -Math.PI / 2;
  for (const [kind, n] of shares) {
    const end = turn + (2 * Math.PI * n) / total;
    pen.beginPath();
    pen.moveTo(middle, middle);
    pen.arc(middle, middle, size / 2 - 1, turn, end);
    pen.closePath();
    pen.fillStyle = SOLID.has(kind) ? colour[kind] : colour.sunk;
    pen.fill();
    if (shares.length > 1) {
      pen.strokeStyle = colour.sheet;
      pen.lineWidth = 1;
      pen.stroke();
    }
    turn = end;
  }
  disc(size / 2 - 5, colour.sheet);
  pen.fillStyle = colour.ink;
  pen.font = `600 11px ${colour.sans}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, middle, middle + 0.5);
  const width = pen.measureText(text).width;
  pen.fillRect(middle - width / 2, middle + 6.5, width, 1);
  return done();
}

/** A town: a small ring at the left edge, the name beside it.  A country: the name alone, letters apart where it suits. */
export function label(text, town, colour) {
  const size = town ? 11.5 : 12;
  const spaced = !town && /^[\p{Script=Latin}\p{Script=Cyrillic}\s.'’()-]+$/u.test(text);
  const shown = spaced ? text.toLocaleUpperCase(document.documentElement.lang || undefined) : text;
  const measure = document.createElement("canvas").getContext("2d");
  const dress = (pen) => {
    pen.font = `400 ${size}px ${colour.sans}`;
    if ("letterSpacing" in pen) pen.letterSpacing = spaced ? "1.6px" : "0px";
    pen.textBaseline = "middle";
  };
  dress(measure);
  const indent = town ? 13 : 3;
  const height = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{P}\s]+$/u.test(shown) ? 16 : 22;
  const { pen, done } = sheet(indent + measure.measureText(shown).width + 4, height);
  dress(pen);
  pen.lineJoin = "round";
  pen.strokeStyle = colour["map-land"];
  pen.lineWidth = 3;
  pen.strokeText(shown, indent, height / 2);
  pen.fillStyle = colour["map-label"];
  pen.fillText(shown, indent, height / 2);
  if (town) {
    pen.beginPath();
    pen.arc(5, height / 2, 2.6, 0, 2 * Math.PI);
    pen.fillStyle = colour["map-land"];
    pen.fill();
    pen.strokeStyle = colour["map-label"];
    pen.lineWidth = 1.2;
    pen.stroke();
  }
  return done();
}

/** The image for an id: `mark:poor`, `ring:7:poor=3,gone=4`, `town:Mashhad`, `country:Iran`. */
export function draw(id, colour) {
  const [what, ...rest] = id.split(":");
  if (what === "mark") return mark(rest[0], colour);
  if (what === "ring") {
    const shares = rest[1] ? rest[1].split(",").map((part) => part.split("=")).map(([k, n]) => [k, Number(n)]) : [];
    return ring(Number(rest[0]), shares, colour);
  }
  if (what === "town" || what === "country") return label(rest.join(":"), what === "town", colour);
  return null;
}
