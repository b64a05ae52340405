// Rows of fields: one more, one less, without a round trip; how a date or a position is read, while it is typed; the first
// mistake gets the focus.  Every form works without this file: the same buttons send the form.

const numberOf = (row) => Number((row.querySelector('[name$="-of"]')?.name.match(/-(\d+)-of$/) ?? [])[1] ?? -1);

function label(list) {
  list.querySelectorAll(":scope > [data-row]").forEach((row, n) => row.setAttribute("aria-label", `${row.dataset.label} ${n + 1}`));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-rows-add], [data-rows-drop]");
  const set = button?.closest("[data-rows]");
  if (!set) return;
  event.preventDefault();
  const list = set.querySelector("[data-rows-list]");
  if (button.hasAttribute("data-rows-drop")) {
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    label(list);
    (next?.querySelector("input:not([type=hidden]), select, textarea") ?? set.querySelector("[data-rows-add]")).focus();
    return;
  }
  const used = [...list.querySelectorAll("[data-row]")].map(numberOf);
  const number = Number(set.dataset.next ?? 0);
  const fresh = Math.max(number, ...used.map((n) => n + 1), 0);
  set.dataset.next = fresh + 1;
  const holder = document.createElement("div");
  holder.innerHTML = set.querySelector("template[data-rows-new]").innerHTML.replaceAll("__n__", String(fresh));
  const row = holder.firstElementChild;
  list.append(row);
  label(list);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

// ---- read back -----------------------------------------------------------------------------------------------
const waiting = new WeakMap();

function line(field) {
  const box = field.closest(".t-field");
  let out = box.querySelector(".t-read");
  if (!out) {
    out = Object.assign(document.createElement("p"), { className: "t-read t-hint" });
    out.setAttribute("role", "status");
    box.append(out);
  }
  return out;
}

async function read(field) {
  const address = field.form?.dataset.readsFrom;
  const kind = field.dataset.reads;
  let text = field.value.trim(), more = "", first = field;
  if (kind === "position") {
    first = field.form.elements.lat;
    text = first.value.trim();
    more = field.form.elements.lon.value.trim();
  }
  const out = line(first);
  if (!address || !text || (kind === "date" && /^-?\d{4}(-\d\d){0,2}$/.test(text))) return void (out.textContent = "");
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ kind, text, more })}`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    out.textContent = found.read ?? found.wrong ?? "";
    out.classList.toggle("is-wrong", Boolean(found.wrong));
  } catch {
    out.textContent = "";
  }
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.dataset?.reads) return;
  clearTimeout(waiting.get(field));
  waiting.set(field, setTimeout(read, 400, field));
});

// ---- an outcome that is no finding hides what only a finding has (the values stay and are told apart by the rules) ------
function outcome() {
  const chosen = document.querySelector('input[name="outcome"]:checked');
  if (!chosen) return;
  for (const part of document.querySelectorAll('[data-finding], [data-rows="damages"]')) {
    const filled = [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some((f) => !f.closest("template") && f.value);
    part.hidden = chosen.value !== "finding" && !filled;
  }
}
document.addEventListener("change", (event) => event.target.name === "outcome" && outcome());
outcome();
document.querySelector(".t-errors[role=alert], .t-meanwhile .t-notice")?.focus();
