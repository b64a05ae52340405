// A refused form is the answer to a POST: going back to it would ask to send it again, and what was typed would be gone.
// Its entry in the tab's history becomes one that is asked for anew, and holds what was typed, so that Back and Forward show
// it and send nothing.  What is kept goes with the tab; passwords and files are never kept.

const form = document.querySelector("main form.t-form[method=post]");
const silent = new Set(["csrfmiddlewaretoken", "apart"]);

// A field may be called "elements" itself, and would then stand for the form's own list of them.
const controls = () => [...form.querySelectorAll("input, select, textarea")];

function typed() {
  const fields = controls().filter((f) => f.name && !silent.has(f.name) && !["password", "file", "submit"].includes(f.type));
  return fields.filter((f) => !["checkbox", "radio"].includes(f.type) || f.checked).map((f) => [f.name, f.value]);
}

function keep() {
  history.replaceState({ ...history.state, typed: typed() }, "", location.href);
}

// The same rows as were there: one more or one less, until their numbers agree.
function rows(names) {
  for (const set of form.querySelectorAll("[data-rows]")) {
    const own = set.querySelector("template[data-rows-new]")?.innerHTML.match(/name="(\w+)-__n__-of"/)?.[1];
    if (!own) continue;
    const wanted = names.map((name) => name.match(new RegExp(`^${own}-(\\d+)-of$`))?.[1]).filter((n) => n !== undefined);
    for (const row of set.querySelectorAll("[data-rows-list] > [data-row]")) {
      const of = row.querySelector('[name$="-of"]')?.name.match(/-(\d+)-of$/)?.[1];
      if (!wanted.includes(of)) row.remove();
    }
    for (const n of wanted) {
      if (form.querySelector(`[name="${own}-${n}-of"]`)) continue;
      set.dataset.next = n;
      set.querySelector("[data-rows-add]")?.click();
    }
  }
}

function restore(entries) {
  rows(entries.map(([name]) => name));
  const left = new Map();
  for (const [name, value] of entries) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of controls()) {
    if (!field.name || silent.has(field.name) || ["password", "file", "submit"].includes(field.type)) continue;
    const values = left.get(field.name) ?? [];
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values.shift();
  }
}

if (form) {
  const answered = document.documentElement.hasAttribute("data-posted");
  if (answered) keep();
  else if (history.state?.typed) restore(history.state.typed);
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 300);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
