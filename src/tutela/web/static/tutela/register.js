// What the pages do beyond plain links: keys, list and map together, a busy line with Stop, faults as notices.
// Every page works without it.

const $ = (selector, from = document) => from.querySelector(selector);
const rows = () => [...document.querySelectorAll(".t-row[data-id]")];
const current = () => $('.t-row[aria-current="true"]');
const at = (row) => {
  const [x, y] = (row?.dataset.xy ?? "").split(",").map((text) => (text === "" ? NaN : Number(text)));
  return { id: row?.dataset.id ?? null, x, y };
};
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// ---- list ⇄ map ------------------------------------------------------------------------------------------
function mark(row, scroll = true) {
  for (const other of rows()) other.removeAttribute("aria-current");
  if (!row) return;
  row.setAttribute("aria-current", "true");
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, now + by))];
  mark(next);
  next.focus({ preventScroll: true });
  tell("tutela:select", at(next));
}

document.addEventListener("tutela:pick", ({ detail }) => mark(rows().find((row) => row.dataset.id === detail.id)));
document.addEventListener("tutela:over", ({ detail }) => {
  for (const row of rows()) row.classList.toggle("is-over", row.dataset.id === detail.id);
});
document.addEventListener("mouseover", (event) => {
  const row = event.target.closest?.(".t-row[data-id]");
  tell("tutela:hover", row ? at(row) : null);
});

// "Search this area": the box becomes part of the query, the one string that the address bar holds.
document.addEventListener("tutela:area", ({ detail }) => {
  const form = $("form[data-query]");
  const field = form && $('[name="q"]', form);
  if (!field) return;
  field.value = `${field.value.replace(/(^|\s)bbox:\S+/g, "").trim()} bbox:${detail.bbox.join(",")}`.trim();
  form.requestSubmit();
});

// ---- keys -----------------------------------------------------------------------------------------------------
const typing = (el) => el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && event.target.matches?.(".t-find input")) return event.target.blur();
  if (typing(event.target)) return;
  const act = { "/": () => $(".t-find input")?.focus(), j: () => move(1), k: () => move(-1),
    Enter: () => (event.target === document.body ? current()?.click() : null) }[event.key];
  if (!act || (event.key === "Enter" && event.target !== document.body)) return;
  event.preventDefault();
  act();
});

// ---- busy: the earlier result stays; after two seconds a sentence and Stop ----------------------------------------
const waiting = new Map();

document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  const place = detail.target;
  place.setAttribute("aria-busy", "true");
  const template = $("#t-slow");
  waiting.set(detail.xhr, setTimeout(() => {
    if (!template) return;
    const line = template.content.firstElementChild.cloneNode(true);
    $("[data-stop]", line)?.addEventListener("click", () => globalThis.htmx.trigger(target, "htmx:abort"));
    place.prepend(line);
  }, 2000));
});

function rested({ detail }) {
  clearTimeout(waiting.get(detail.xhr));
  waiting.delete(detail.xhr);
  detail.target?.removeAttribute("aria-busy");
  detail.target?.querySelectorAll(":scope > .t-slow").forEach((line) => line.remove());
}
for (const name of ["htmx:afterRequest", "htmx:sendAbort"]) document.addEventListener(name, rested);

// ---- faults: the server's own notice if it sent one (a coded error is HTML), else a plain one -------------------------
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const html = (detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  if (detail.xhr.status >= 400 && html && detail.xhr.getResponseHeader("X-Tutela-Code")) {
    notice(detail.target, detail.xhr.responseText);
    detail.shouldSwap = false;
  }
});

function notice(target, html) {
  target.querySelectorAll(":scope > .t-notice").forEach((old) => old.remove());
  target.insertAdjacentHTML("afterbegin", html);
  $(".t-notice", target)?.focus?.();
}

function plain({ detail }) {
  const template = $("#t-fault");
  if (!template || detail.xhr?.getResponseHeader?.("X-Tutela-Code")) return;
  const copy = template.content.firstElementChild.cloneNode(true);
  $("[data-code]", copy).textContent = detail.xhr?.status ? `http-${detail.xhr.status}` : "no-answer";
  notice(detail.target ?? document.body, copy.outerHTML);
}
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, plain);

// After a new result: the map asks again with the query that the fragment carries (data-map-source on #results).
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const carrier = detail.target.matches?.("[data-map-source]") ? detail.target : $("[data-map-source]", detail.target);
  if (carrier) tell("tutela:query", { source: carrier.dataset.mapSource });
});

// Forms that must be sent only once, and choices that act at once (language).
document.addEventListener("change", (event) => event.target.matches("[data-submit]") && event.target.form?.requestSubmit());
