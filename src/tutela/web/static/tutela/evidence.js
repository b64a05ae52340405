// The pages of evidence beyond plain forms: files dropped and sent with progress, places picked by name, boxes drawn on a picture.
// Every page works without it.

document.documentElement.classList.add("is-script");

// ---- files ----------------------------------------------------------------------------------------------------------
function size(bytes) {
  let value = bytes, unit = "bytes";
  for (const bigger of ["kB", "MB", "GB"]) {
    if (value < 1000) break;
    [value, unit] = [value / 1000, bigger];
  }
  return `${unit === "bytes" || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

for (const frame of document.querySelectorAll("[data-drop]")) {
  const input = frame.querySelector('input[type="file"]');
  const list = frame.querySelector("[data-chosen]");
  const tell = () => {
    const files = [...input.files];
    list.replaceChildren(...files.slice(0, 40).map((file) => {
      const line = document.createElement("li"), name = document.createElement("bdi");
      name.className = "t-mono";
      name.textContent = file.name;
      line.append(name, ` · ${size(file.size)}`);
      return line;
    }));
    if (files.length > 40) {
      const rest = document.createElement("li");
      rest.textContent = `+ ${files.length - 40} · ${size(files.reduce((sum, file) => sum + file.size, 0))}`;
      list.append(rest);
    }
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

// The files go first, some at a time; then the form goes without them.
for (const form of document.querySelectorAll("[data-intake]")) {
  const input = form.querySelector('input[type="file"]');
  const sending = form.querySelector("[data-sending]");
  const fault = form.querySelector("[data-send-fault]");
  const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
  let running = null, stopped = false;

  const send = (batch, told) => new Promise((done, failed) => {
    const body = new FormData();
    for (const file of batch) body.append("files", file, file.name);
    running = new XMLHttpRequest();
    running.open("POST", `${form.dataset.filesTo}?given=${encodeURIComponent(form.elements.given.value)}`);
    running.setRequestHeader("X-CSRFToken", token);
    running.upload.addEventListener("progress", (event) => told(event.loaded));
    running.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(running.responseText);
      } catch { /* told below */ }
      if (running.status === 200 && answer.given) done(answer);
      else failed(new Error(answer.message ? `${answer.message} ${answer.todo ?? ""}` : `http-${running.status}`));
    });
    running.addEventListener("error", () => failed(new Error("no-answer")));
    running.addEventListener("abort", () => failed(new Error("")));
    running.send(body);
  });

  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    if (running) return;
    stopped = false;
    fault.hidden = true;
    sending.hidden = false;
    const whole = files.reduce((sum, file) => sum + file.size, 0) || 1;
    const bar = sending.querySelector("progress"), words = sending.querySelector("[data-sent]");
    let gone = 0;
    try {
      while (files.length && !stopped) {
        const batch = [];
        let bytes = 0;
        while (files.length && batch.length < Number(form.dataset.batch) && (bytes + files[0].size < 256e6 || !batch.length)) {
          bytes += files[0].size;
          batch.push(files.shift());
        }
        const answer = await send(batch, (loaded) => {
          bar.value = Math.min(100, 100 * (gone + loaded) / whole);
          words.textContent = `${size(Math.min(whole, gone + loaded))} / ${size(whole)}`;
        });
        form.elements.given.value = answer.given;
        gone += bytes;
      }
      input.value = "";
      input.disabled = true;
      form.action = `${form.action.split("?")[0]}?given=${encodeURIComponent(form.elements.given.value)}`;
      form.submit();
    } catch (error) {
      running = null;
      sending.hidden = true;
      if (form.elements.given.value) {
        const drop = new FormData();
        drop.append("act", "drop");
        fetch(`${form.dataset.filesTo}?given=${encodeURIComponent(form.elements.given.value)}`, { method: "POST", body: drop, headers: { "X-CSRFToken": token } });
        form.elements.given.value = "";
      }
      if (error.message) {
        fault.textContent = error.message;
        fault.hidden = false;
      }
    }
  });
  form.querySelector("[data-abort]")?.addEventListener("click", () => {
    stopped = true;
    running?.abort();
  });
}

// ---- a place by its name: chosen from the list, it is ticked above --------------------------------------------------
for (const field of document.querySelectorAll("[data-picker]")) {
  const ticked = field.closest("[data-places]")?.querySelector("[data-picked]");
  const list = document.getElementById("places-found");
  if (!ticked || !list) continue;
  field.setAttribute("list", "places-found");
  const known = new Map();
  let waiting;
  const take = (one) => {
    let box = document.getElementById(`place-${one.id}`);
    if (!box) {
      const line = document.createElement("label"), words = document.createElement("span"), name = document.createElement("bdi");
      box = Object.assign(document.createElement("input"), { type: "checkbox", name: "place", value: one.id, id: `place-${one.id}` });
      line.className = "t-choice";
      line.htmlFor = box.id;
      name.className = "t-name";
      name.textContent = one.name;
      words.append(name);
      line.append(box, words);
      ticked.append(line);
    }
    box.checked = true;
    field.value = "";
    list.replaceChildren();
  };
  field.addEventListener("input", () => {
    const chosen = known.get(field.value);
    if (chosen) return take(chosen);
    clearTimeout(waiting);
    const text = field.value.trim();
    if (text.length < 2) return;
    waiting = setTimeout(async () => {
      try {
        const answer = await fetch(`${field.dataset.picker}?${new URLSearchParams({ q: text })}`, { headers: { Accept: "application/json" } });
        const found = (await answer.json()).places ?? [];
        known.clear();
        const names = found.map((one) => one.name);
        list.replaceChildren(...found.map((one) => {
          const option = document.createElement("option");
          option.value = names.filter((name) => name === one.name).length > 1 ? `${one.name} · ${one.id.slice(0, 8)}` : one.name;
          known.set(option.value, one);
          return option;
        }));
      } catch { /* the name is looked up when the form is sent */ }
    }, 250);
  });
}

// ---- boxes on a picture ---------------------------------------------------------------------------------------------
// The fields hold the boxes (percent of the picture); what is drawn here only writes into them.  One box (a region that is cited)
// or many (a redaction).  Drawn by mouse, pen or finger; with the keyboard: arrows move, Shift and arrows change the size,
// Delete takes away.
const KEYS = ["x", "y", "w", "h"];

for (const stage of document.querySelectorAll("[data-stage]")) {
  const form = stage.closest("form") ?? document.getElementById(stage.dataset.stage);
  const list = form.querySelector("[data-boxes]");
  const many = list.dataset.boxes === "many";
  const template = form.querySelector("template[data-box-new]");
  const round = (value) => Math.round(value * 100) / 100;
  const rows = () => [...list.querySelectorAll("[data-box]")];
  const field = (row, key) => row.querySelector(`[data-key="${key}"]`);
  const read = (row) => KEYS.map((key) => Number.parseFloat(field(row, key).value.replace(",", ".")));
  const write = (row, box) => {
    const [x, y] = [Math.min(Math.max(box[0], 0), 99.5), Math.min(Math.max(box[1], 0), 99.5)];
    const kept = [x, y, Math.min(Math.max(box[2], 0.5), 100 - x), Math.min(Math.max(box[3], 0.5), 100 - y)];
    KEYS.forEach((key, n) => { field(row, key).value = String(round(kept[n])); });
    draw();
  };
  const frames = new Map();

  function draw() {
    for (const [row, frame] of frames) {
      if (!row.isConnected) {
        frame.remove();
        frames.delete(row);
      }
    }
    rows().forEach((row, n) => {
      const box = read(row);
      let frame = frames.get(row);
      if (box.some(Number.isNaN) || box[2] <= 0 || box[3] <= 0) {
        frame?.remove();
        frames.delete(row);
        return;
      }
      if (!frame) {
        frame = document.createElement("button");
        frame.type = "button";
        frame.className = "e-box";
        frame.addEventListener("keydown", (event) => key(event, row));
        frame.addEventListener("pointerdown", (event) => drag(event, row, frame));
        frame.append(Object.assign(document.createElement("i"), { className: "e-grip" }));
        stage.append(frame);
        frames.set(row, frame);
      }
      frame.setAttribute("aria-label", `${stage.dataset.label} ${many ? n + 1 : ""}`.trim());
      frame.style.cssText = `left:${box[0]}%;top:${box[1]}%;width:${box[2]}%;height:${box[3]}%`;
    });
  }

  function key(event, row) {
    const step = event.altKey ? 0.2 : 1, box = read(row), by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by) {
      event.preventDefault();
      const at = event.shiftKey ? 2 : 0;
      box[at] += by[0];
      box[at + 1] += by[1];
      if (!event.shiftKey) {
        box[0] = Math.min(Math.max(box[0], 0), 100 - box[2]);
        box[1] = Math.min(Math.max(box[1], 0), 100 - box[3]);
      }
      write(row, box);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      away(row);
      stage.focus();
    }
  }

  function away(row) {
    if (many && rows().length > 1) row.remove();
    else KEYS.forEach((name) => { field(row, name).value = ""; });
    draw();
  }

  function fresh() {
    const empty = rows().find((row) => KEYS.every((name) => !field(row, name).value));
    if (empty || !many) return empty ?? rows()[0];
    const used = rows().map((row) => Number(row.dataset.box));
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(Math.max(-1, ...used) + 1));
    const row = holder.firstElementChild;
    list.append(row);
    return row;
  }

  const at = (event) => {
    const frame = stage.getBoundingClientRect();
    return [100 * (event.clientX - frame.left) / frame.width, 100 * (event.clientY - frame.top) / frame.height];
  };
  const follow = (event, moved, ended) => {
    stage.setPointerCapture(event.pointerId);
    const stop = () => {
      stage.removeEventListener("pointermove", moved);
      stage.removeEventListener("pointerup", stop);
      stage.removeEventListener("pointercancel", stop);
      ended?.();
    };
    stage.addEventListener("pointermove", moved);
    stage.addEventListener("pointerup", stop);
    stage.addEventListener("pointercancel", stop);
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest(".e-box")) return;
    event.preventDefault();
    const [x, y] = at(event);
    let row = null;
    follow(event, (next) => {
      const [u, v] = at(next).map((value) => Math.min(Math.max(value, 0), 100));
      if (!row && Math.abs(u - x) + Math.abs(v - y) < 1) return;
      row ??= fresh();
      write(row, [Math.min(x, u), Math.min(y, v), Math.abs(u - x), Math.abs(v - y)]);
    }, () => row && frames.get(row)?.focus({ preventScroll: true }));
  });

  function drag(event, row, frame) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    frame.focus({ preventScroll: true });
    const start = at(event), box = read(row), corner = event.target.closest(".e-grip");
    follow(event, (next) => {
      const [x, y] = at(next), [dx, dy] = [x - start[0], y - start[1]];
      if (corner) write(row, [box[0], box[1], box[2] + dx, box[3] + dy]);
      else write(row, [Math.min(Math.max(box[0] + dx, 0), 100 - box[2]), Math.min(Math.max(box[1] + dy, 0), 100 - box[3]), box[2], box[3]]);
    });
  }

  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.key !== "Enter") return;
    event.preventDefault();
    const row = fresh();
    write(row, [40, 40, 20, 20]);
    frames.get(row)?.focus();
  });
  form.addEventListener("input", (event) => event.target.dataset?.key && draw());
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-box-drop]");
    if (!button) return;
    event.preventDefault();
    away(button.closest("[data-box]"));
  });
  form.querySelector("[data-box-add]")?.addEventListener("click", (event) => {
    event.preventDefault();
    const row = fresh();
    write(row, [40, 40, 20, 20]);
    frames.get(row)?.focus();
  });
  stage.tabIndex = 0;
  draw();
}

// A shown form (hand over, destroy …) that was sent with a mistake gets the focus.
document.querySelector(".t-errors[role=alert]")?.focus();
