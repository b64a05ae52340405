// The basemap: Natural Earth, held on this machine (tools/build_basemap.py says what is drawn and how).
// One style for every boundary; disputed ones dashed.  Nothing here asks another machine.

/** One object of a TopoJSON topology as GeoJSON coordinates' owner: land (polygons) or a set of lines. */
export function unpack(topology, name) {
  const { scale, translate } = topology.transform;
  const decoded = new Map();
  const arc = (number) => {
    const index = number < 0 ? ~number : number;
    if (!decoded.has(index)) {
      let x = 0, y = 0;
      decoded.set(index, topology.arcs[index].map(([dx, dy]) =>
        [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]));
    }
    const points = decoded.get(index);
    return number < 0 ? points.slice().reverse() : points;
  };
  const line = (arcs) => unwrap(arcs.flatMap((number, i) => (i ? arc(number).slice(1) : arc(number))));
  const ring = (arcs) => aroundPole(line(arcs));
  const one = (object) => {
    const depth = { MultiLineString: (arcs) => arcs.map(line), Polygon: (arcs) => arcs.map(ring),
      MultiPolygon: (arcs) => arcs.map((polygon) => polygon.map(ring)) };
    return { type: object.type, coordinates: depth[object.type](object.arcs) };
  };
  const object = topology.objects[name];
  const parts = object.type === "GeometryCollection" ? object.geometries : [object];
  return { type: "FeatureCollection",
    features: parts.map((part) => ({ type: "Feature", properties: {}, geometry: one(part) })) };
}

/** A line that crosses 180° goes on beyond it (MapLibre repeats the world) instead of running back across the map. */
function unwrap(points) {
  let turns = 0;
  return points.map(([x, y], i) => {
    const step = i ? x - points[i - 1][0] : 0;
    turns += step > 180 ? -1 : step < -180 ? 1 : 0;
    return [x + 360 * turns, y];
  });
}

/** A ring that went once around the pole (Antarctica) is closed along the edge of the map. */
function aroundPole(points) {
  const [first, last] = [points[0], points[points.length - 1]];
  if (Math.abs(first[0] - last[0]) < 180) return points;
  const edge = last[1] < 0 ? -86 : 86;
  return [...points, [last[0], edge], [first[0], edge], first];
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];

/** The degrees between two lines of the graticule that suit a zoom: at least 76 pixels apart. */
export function gridStep(zoom) {
  const degree = (512 * 2 ** zoom) / 360; // pixels in a degree of longitude
  return STEPS.find((step) => step * degree >= 76) ?? 30;
}

/** Whole numbers n so that n × step lies from `low` to `high`. */
export function lines(low, high, step) {
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

/** Meridians and parallels in a box and one box around it, as lines. */
export function graticule([west, south, east, north], step) {
  const [w, e] = [2 * west - east, 2 * east - west];
  const [s, n] = [Math.max(-85, 2 * south - north), Math.min(85, 2 * north - south)];
  const coordinates = [...lines(w, e, step).map((i) => [[i * step, s], [i * step, n]]),
    ...lines(s, n, step).map((i) => [[w, i * step], [e, i * step]])];
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates } };
}

// Both lists come sorted by weight: where two names collide, the earlier one stays.
function names(labels, lang) {
  const regions = lang.startsWith("en") ? null : new Intl.DisplayNames([lang], { type: "region" });
  const country = ([name, iso, x, y, zoom]) => {
    const text = regions?.of(iso);
    return point(x, y, { image: `country:${text && text !== iso ? text : name}`, z: zoom - 1 });
  };
  const town = ([text, x, y, zoom]) =>
    point(x, y, { image: `town:${text[lang.split("-")[0]] ?? text[""]}`, z: zoom });
  return { countries: collect(labels.countries.map(country)), towns: collect(labels.towns.map(town)) };
}

const collect = (features) => ({ type: "FeatureCollection", features });
const point = (x, y, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [x, y] } });

/** Fetch the three files of the basemap.  Gives MapLibre sources; an unreadable file leaves an empty one. */
export async function loadBasemap(base, lang) {
  const get = (name) => fetch(new URL(name, base)).then((answer) => {
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  });
  const [world, lines, labels] = await Promise.all([get("world.json"), get("lines.json"), get("labels.json")]);
  const data = { land: unpack(world, "land"), coast: unpack(world, "coast"), borders: unpack(world, "borders"),
    disputed: unpack(world, "disputed"), lines, ...names(labels, lang) };
  return Object.fromEntries(Object.entries(data).map(([name, value]) =>
    [name, { type: "geojson", data: value, tolerance: 0.3, buffer: 64 }]));
}

/** The layers beneath the places, in the page's colours. */
export function baseLayers(colour) {
  const line = (id, width, more = {}, rest = {}) => ({ id, type: "line", source: id, ...rest,
    layout: { "line-join": "round" }, paint: { "line-color": colour["map-line"], "line-width": width, ...more } });
  const dashed = { "line-dasharray": [4, 3] };
  const words = (id, anchor, offset) => ({ id, type: "symbol", source: id,
    filter: ["<=", ["get", "z"], ["zoom"]],
    layout: { "icon-image": ["get", "image"], "icon-anchor": anchor, "icon-offset": offset, "icon-padding": 1,
      "symbol-z-order": "source" } });
  return [
    { id: "water", type: "background", paint: { "background-color": colour["map-water"] } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": colour["map-land"], "fill-antialias": false } },
    line("grid", 1, { "line-color": colour["map-grid"] }),
    line("coast", ["interpolate", ["linear"], ["zoom"], 1, 0.5, 6, 0.9]),
    line("borders", ["interpolate", ["linear"], ["zoom"], 1, 0.6, 6, 1.1]),
    line("disputed", ["interpolate", ["linear"], ["zoom"], 1, 0.6, 6, 1.1], dashed),
    line("lines", 1, dashed, { filter: ["<=", ["get", "z"], ["zoom"]] }),
    words("towns", "left", [-5, 0]),
    words("countries", "center", [0, 0]), // above, so that a town gives way to a country's name
  ];
}
