// The pages of condition: numbers beside sliders, two pictures laid over one another, the risk that follows from what is chosen.
// Every page works without it: forms are sent, pictures stand side by side, the risk is told after "Check".

// ---- weights -------------------------------------------------------------------------------------------------------
for (const form of document.querySelectorAll("[data-weights]")) {
  form.addEventListener("input", (event) => {
    const out = event.target.type === "range" && form.querySelector(`output[for="${event.target.id}"]`);
    if (out) out.textContent = event.target.value;
  });
  form.addEventListener("change", (event) => event.target.type === "range" && form.requestSubmit());
}

// ---- before and after ----------------------------------------------------------------------------------------------
for (const pair of document.querySelectorAll("[data-compare]")) {
  const holder = pair.parentElement.querySelector("[data-slide]");
  const range = holder.querySelector("input");
  const show = () => pair.style.setProperty("--share", range.value);
  pair.classList.add("is-over");
  holder.hidden = false;
  range.addEventListener("input", show);
  show();
}

// ---- the risk that follows -----------------------------------------------------------------------------------------
const rule = document.querySelector("[data-risk]");
if (rule) {
  const { matrix, severities, bands, far, words, says } = JSON.parse(rule.dataset.risk);
  const band = (probability, severity, horizon) => {
    const found = matrix[horizon === "present" ? "planned" : probability]?.[severities.indexOf(severity)];
    if (!found) return "unknown";
    return far.includes(horizon) ? bands[Math.max(0, bands.indexOf(found) - 1)] : found;
  };
  document.addEventListener("change", (event) => {
    const row = event.target.closest?.('[data-rows="threats"] [data-row]');
    if (!row) return;
    const value = (name) => row.querySelector(`[name$="-${name}"]`)?.value ?? "";
    let line = row.querySelector("[data-band]");
    if (!line) {
      line = row.querySelector(".t-rowfields > .t-note") ?? row.querySelector(".t-rowfields").appendChild(document.createElement("p"));
      line.className = "t-note";
      line.dataset.band = "";
      line.setAttribute("role", "status");
    }
    const said = value("probability") || value("severity");
    line.textContent = said ? says.replace("{band}", words[band(value("probability"), value("severity"), value("horizon"))]) : "";
  });
}
