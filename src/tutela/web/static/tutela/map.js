// The map beside the list.  `initMap(el)` reads what it needs from data attributes of the element:
//   data-worker, data-basemap   addresses of MapLibre's worker and of the basemap's folder
//   data-source                 address of the places: …/map.json?q=…   (bbox and zoom are added)
//   data-card                   address of one place's card, with {id}
//   data-bbox                   W,S,E,N to begin with          data-lang   language of the labels
//   data-point, data-kind       lon,lat of a single place (the little map of a place page) and its condition
//   data-cell                   W,S,E,N that the public sees, drawn hatched on the little map
// The words it shows are the page's own: elements with data-map-… inside the element.
// It says `tutela:pick` {id} when a place is chosen, `tutela:area` {bbox} when "search this area" is pressed, and
// hears `tutela:select` {id, x, y} and `tutela:hover` {id, x, y} from the list (register.js).

import { Map as GLMap, setWorkerUrl, LngLatBounds } from "./vendor/maplibre/maplibre-gl.mjs";
import { baseLayers, graticule, gridStep, lines, loadBasemap } from "./basemap.js";
import { colours, draw, kindOf, numberLocale } from "./icons.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const feature = (x, y, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [x, y] } });
const numbers = (text) => (text ?? "").split(",").map(Number);
const say = (el, name, detail) => el.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** True where the browser can draw the map at all. */
export function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

/** Places and rings of an answer as GeoJSON.  The order of conditions in a ring is that of the scale. */
export function asFeatures(answer) {
  const order = ["good", "fair", "poor", "vbad", "gone"];
  const rank = (kind) => (order.indexOf(kind) + 99) % 99;
  const places = (answer.features ?? []).map((p) =>
    feature(p.x, p.y, { id: p.id, name: p.n ?? "", image: `mark:${kindOf(p.c)}` }));
  const groups = (answer.groups ?? []).map((g) => {
    const shares = Object.entries(g.by ?? {}).map(([code, n]) => [kindOf(code), n])
      .sort((a, b) => rank(a[0]) - rank(b[0])).map(([kind, n]) => `${kind}=${n}`).join(",");
    return feature(g.x, g.y, { count: g.count, bbox: (g.bbox ?? []).join(","), image: `ring:${g.count}:${shares}` });
  });
  return [...places, ...groups];
}

class PlaceMap {
  constructor(el) {
    this.el = el;
    this.data = { grid: EMPTY, places: EMPTY, picked: EMPTY, hovered: EMPTY, cell: EMPTY };
    this.colour = colours();
  }

  part(name) {
    return this.el.querySelector(`[data-map-${name}]`);
  }

  async start() {
    const { worker, basemap, lang } = this.el.dataset;
    setWorkerUrl(new URL(worker, document.baseURI).href);
    this.sources = await loadBasemap(new URL(basemap, document.baseURI), lang || document.documentElement.lang || "en");
    this.map = new GLMap({
      container: this.part("canvas"), style: this.style(), attributionControl: false, maxZoom: 17, minZoom: 0.5,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: true, fadeDuration: 0,
      ...this.beginning(),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver((id) => {
      const made = draw(id, this.colour);
      if (made && !this.map.hasImage(id)) this.map.addImage(id, made.image, { pixelRatio: made.pixelRatio });
    });
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", this.el.dataset.label ?? "");
    this.buttons();
    this.followTheme();
    this.follow();
    await this.map.once("load");
    this.frame();
    this.grid();
    this.single();
    if (this.el.dataset.source) await this.refresh();
    this.el.dataset.ready = "true";
  }

  beginning() {
    const [w, s, e, n] = numbers(this.el.dataset.bbox);
    if ([w, s, e, n].every(Number.isFinite)) {
      return { bounds: [[w, s], [e, n]], fitBoundsOptions: { padding: 40, maxZoom: 12 } };
    }
    const [x, y] = numbers(this.el.dataset.point);
    if (Number.isFinite(y)) return { center: [x, y], zoom: Number(this.el.dataset.zoom ?? 6.2) };
    return { bounds: [[-15, -20], [110, 65]] };
  }

  style() {
    const c = this.colour;
    const geo = (name) => ({ type: "geojson", data: this.data[name] });
    const circle = (id, colour, width) => ({ id, type: "circle", source: id,
      paint: { "circle-radius": 14, "circle-opacity": 0, "circle-stroke-color": colour, "circle-stroke-width": width } });
    return { version: 8,
      sources: { ...this.sources, ...Object.fromEntries(Object.keys(this.data).map((name) => [name, geo(name)])) },
      layers: [...baseLayers(c),
        { id: "cell", type: "fill", source: "cell", paint: { "fill-color": c.accent, "fill-opacity": 0.12 } },
        { id: "cell-edge", type: "line", source: "cell", paint: { "line-color": c.accent, "line-dasharray": [3, 2] } },
        { id: "places", type: "symbol", source: "places",
          layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "icon-ignore-placement": true,
            "symbol-sort-key": ["coalesce", ["get", "count"], 0] } },
        circle("hovered", c["ink-2"], 1.5), circle("picked", c.accent, 2.5)] };
  }

  set(name, data) {
    this.data[name] = data;
    this.map.getSource(name)?.setData(data);
  }

  followTheme() {
    const renew = () => {
      this.colour = colours();
      for (const layer of this.style().layers) {
        for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, name, value);
      }
      for (const id of this.map.listImages()) {
        const made = draw(id, this.colour);
        if (made) this.map.updateImage(id, made.image);
      }
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renew);
    matchMedia("(prefers-contrast: more)").addEventListener("change", renew);
    new MutationObserver(renew).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  }

  buttons() {
    const press = (name, act) => this.part(name)?.addEventListener("click", act);
    const how = () => ({ duration: stillness.matches ? 0 : 250 });
    press("in", () => this.map.zoomIn(how()));
    press("out", () => this.map.zoomOut(how()));
    press("area", () => say(this.el, "tutela:area", { bbox: this.bbox() }));
  }

  follow() {
    const map = this.map;
    map.on("move", () => this.frame());
    map.on("moveend", () => {
      this.grid();
      if (this.el.dataset.ready && this.el.dataset.source && this.part("area")) this.part("area").hidden = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.refresh(), 120);
    });
    map.on("click", "places", (event) => this.choose(event.features[0]));
    map.on("mousemove", "places", (event) => {
      map.getCanvas().style.cursor = "pointer";
      say(this.el, "tutela:over", { id: event.features[0].properties.id });
      map.getCanvas().title = event.features[0].properties.name ?? "";
    });
    map.on("mouseleave", "places", () => {
      map.getCanvas().style.cursor = map.getCanvas().title = "";
      say(this.el, "tutela:over", { id: null });
    });
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.chooseMiddle();
    });
    this.el.addEventListener("keydown", (event) => event.key === "Escape" && this.closeCard());
    document.addEventListener("tutela:select", (event) => this.show(event.detail));
    document.addEventListener("tutela:hover", ({ detail }) => this.ringAround("hovered", detail));
    document.addEventListener("tutela:query", ({ detail }) => {
      this.el.dataset.source = detail.source;
      this.refresh();
    });
  }

  bbox() {
    const b = this.map.getBounds();
    const clip = (value, most) => Math.max(-most, Math.min(most, value));
    return [clip(b.getWest(), 180), clip(b.getSouth(), 90), clip(b.getEast(), 180), clip(b.getNorth(), 90)]
      .map((value) => Number(value.toFixed(4)));
  }

  async refresh() {
    if (!this.el.dataset.source) return;
    this.asked?.abort();
    this.asked = new AbortController();
    const url = new URL(this.el.dataset.source, document.baseURI);
    url.searchParams.set("bbox", this.bbox().join(","));
    url.searchParams.set("zoom", this.map.getZoom().toFixed(2));
    try {
      const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      this.set("places", { type: "FeatureCollection", features: asFeatures(found) });
      this.counts(found);
      this.say("");
    } catch (fault) {
      if (fault.name !== "AbortError") this.say(this.el.dataset.failed ?? "");
    }
  }

  counts(found) {
    const number = new Intl.NumberFormat(numberLocale());
    for (const name of ["outside", "without"]) {
      const part = this.part(name);
      if (!part) continue;
      part.hidden = !found[name];
      const figure = part.querySelector(".t-fig") ?? part;
      figure.textContent = number.format(found[name] ?? 0);
    }
  }

  say(text) {
    const part = this.part("message");
    if (part) {
      part.textContent = text;
      part.hidden = !text;
    }
  }

  choose(chosen) {
    const { id, bbox } = chosen.properties;
    const [x, y] = chosen.geometry.coordinates;
    if (id) {
      say(this.el, "tutela:pick", { id });
      return this.show({ id, x, y, stay: true });
    }
    const box = numbers(bbox);
    const how = { padding: 60, maxZoom: 16, duration: stillness.matches ? 0 : 400 };
    const wide = box.length === 4 && (box[0] !== box[2] || box[1] !== box[3]);
    if (wide) this.map.fitBounds(new LngLatBounds(box.slice(0, 2), box.slice(2)), how);
    else this.map.easeTo({ center: [x, y], zoom: this.map.getZoom() + 2, duration: how.duration });
  }

  chooseMiddle() {
    const centre = this.map.project(this.map.getCenter());
    const distance = (f) => this.map.project(f.geometry.coordinates).dist(centre);
    const near = this.map.queryRenderedFeatures({ layers: ["places"] }).sort((a, b) => distance(a) - distance(b))[0];
    if (near) this.choose(near);
  }

  ringAround(name, detail) {
    const here = detail && Number.isFinite(detail.x);
    this.set(name, here ? { type: "FeatureCollection", features: [feature(detail.x, detail.y, {})] } : EMPTY);
  }

  async show({ id, x, y, stay }) {
    this.ringAround("picked", { x, y });
    const located = Number.isFinite(x);
    if (located && !stay && !this.map.getBounds().contains([x, y])) {
      this.map.easeTo({ center: [x, y], duration: stillness.matches ? 0 : 300 });
    }
    const card = this.part("card");
    if (!card || !id || !this.el.dataset.card) return;
    const address = this.el.dataset.card.replace("{id}", encodeURIComponent(id));
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return this.say(this.el.dataset.failed ?? "");
    card.innerHTML = await answer.text();
    card.hidden = false;
    window.htmx?.process(card);
    card.querySelector("[data-map-close]")?.addEventListener("click", () => this.closeCard());
  }

  closeCard() {
    const card = this.part("card");
    if (!card || card.hidden) return;
    card.hidden = true;
    this.set("picked", EMPTY);
    this.map.getCanvas().focus();
  }

  single() {
    const [x, y] = numbers(this.el.dataset.point);
    if (!Number.isFinite(y)) return;
    const [w, s, e, n] = numbers(this.el.dataset.cell);
    const corners = [[[w, s], [e, s], [e, n], [w, n], [w, s]]];
    if (Number.isFinite(n)) this.set("cell", { type: "Polygon", coordinates: corners });
    this.set("places", feature(x, y, { image: `mark:${kindOf(this.el.dataset.kind)}` }));
    this.ringAround("picked", { x, y });
  }

  /** The lines of the graticule for what is seen. */
  grid() {
    const b = this.map.getBounds();
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    this.set("grid", graticule(box, gridStep(this.map.getZoom())));
  }

  /** Degrees along the upper and the right edge, and the bar of the scale. */
  frame() {
    const b = this.map.getBounds();
    const step = gridStep(this.map.getZoom());
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const { clientWidth: width, clientHeight: height } = this.el;
    const name = (value, plus, minus) => `${Math.abs(value).toFixed(digits)}° ${value < 0 ? minus : value > 0 ? plus : ""}`.trim();
    const left = getComputedStyle(this.el).direction === "rtl"; // where the buttons are not
    const marks = [];
    const add = (text, x, y, side) => {
      const span = document.createElement("span");
      span.textContent = text;
      span.className = side;
      span.style.cssText = `left:${x}px;top:${y}px`;
      marks.push(span);
    };
    for (const x of lines(b.getWest(), b.getEast(), step).map((i) => i * step)) {
      const at = this.map.project([x, b.getNorth()]).x;
      const around = ((((x + 180) % 360) + 360) % 360) - 180;
      if (at > 30 && at < width - 30) add(name(around, "E", "W"), at, 0, "m");
    }
    for (const y of lines(b.getSouth(), b.getNorth(), step).map((i) => i * step)) {
      const top = this.map.project([b.getWest(), y]).y;
      if (top > 26 && top < height - 40) add(name(y, "N", "S"), left ? 0 : width, top, left ? "p l" : "p");
    }
    this.part("degrees")?.replaceChildren(...marks);
    this.scale();
  }

  scale() {
    const part = this.part("scale");
    if (!part) return;
    const lat = (this.map.getCenter().lat * Math.PI) / 180;
    const metres = (40075016.686 * Math.cos(lat)) / (512 * 2 ** this.map.getZoom()); // metres in one CSS pixel
    const most = metres * 96;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
    part.style.inlineSize = `${length / metres}px`;
    const unit = length >= 1000 ? "kilometer" : "meter";
    part.textContent = new Intl.NumberFormat(numberLocale(), { style: "unit", unit, unitDisplay: "short" })
      .format(length >= 1000 ? length / 1000 : length);
  }
}

/** Draw the map in an element; where that cannot be done the page says so and the list goes on.  Gives the map or null. */
export async function initMap(el) {
  const fallback = () => {
    el.dataset.ready = "no";
    const part = el.querySelector("[data-map-none]");
    if (part) part.hidden = false;
    for (const other of el.querySelectorAll(".t-mapctl, .t-legend, [data-map-scale], [data-map-degrees]")) other.hidden = true;
    return null;
  };
  if (!canDraw()) return fallback();
  try {
    const placed = new PlaceMap(el);
    el.placeMap = placed;
    await placed.start();
    return placed;
  } catch (fault) {
    console.error(fault);
    return fallback();
  }
}

for (const el of document.querySelectorAll("[data-map]")) initMap(el);
