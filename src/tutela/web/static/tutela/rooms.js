// The wizard beyond a plain form: files dropped on the frame, the names of those chosen, Tab in the editor.
// Every page works without it.

document.documentElement.classList.add("is-script");

// ---- files: dropped or chosen -----------------------------------------------------------------------------
for (const frame of document.querySelectorAll("[data-drop]")) {
  const input = frame.querySelector('input[type="file"]');
  const list = frame.querySelector("[data-chosen]");
  const size = (bytes) => {
    let value = bytes, unit = "bytes";
    for (const bigger of ["kB", "MB", "GB"]) {
      if (value < 1000) break;
      [value, unit] = [value / 1000, bigger];
    }
    return `${unit === "bytes" || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
  };
  const tell = () => {
    list.replaceChildren(...[...input.files].map((file) => {
      const line = document.createElement("li"), name = document.createElement("bdi");
      name.className = "t-mono";
      name.textContent = file.name;
      line.append(name, ` · ${size(file.size)}`);
      return line;
    }));
  };
  input.addEventListener("change", tell);
  const over = (on) => (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    frame.classList.toggle("is-over", on);
  };
  frame.addEventListener("dragover", over(true));
  frame.addEventListener("dragleave", over(false));
  frame.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    tell();
  });
}

// Choosing a mapping file chooses "my own mapping".
document.querySelector("[data-for-own]")?.addEventListener("change", () => {
  const own = document.querySelector("[data-own]");
  if (own) own.checked = true;
});

// ---- the editor: editing chooses "as written"; Tab indents, Escape then Tab leaves -------------------------------
const editor = document.querySelector("[data-yaml]");
if (editor) {
  const use = document.querySelector("#use");
  let leaving = false;
  editor.addEventListener("input", () => {
    const written = use && [...use.options].find((one) => one.value === "text");
    if (written) use.value = "text";
  });
  use?.addEventListener("change", () => {
    if (use.value !== "text") editor.value = editor.defaultValue;
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Tab" && !event.shiftKey && !leaving) {
      event.preventDefault();
      editor.setRangeText("  ", editor.selectionStart, editor.selectionEnd, "end");
    } else if (event.key !== "Tab") leaving = false;
  });
}

// A step is sent once: a second press while files are on their way would send them twice.
for (const form of document.querySelectorAll('form[enctype="multipart/form-data"]')) {
  form.addEventListener("submit", () => {
    const button = form.querySelector(".btn-primary");
    button?.setAttribute("aria-disabled", "true");
    setTimeout(() => button?.removeAttribute("aria-disabled"), 8000);
  });
}
