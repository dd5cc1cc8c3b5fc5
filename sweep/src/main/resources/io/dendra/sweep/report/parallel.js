// ---- parallel coordinates: a line for each trial, an axis for each parameter, ranges by dragging

function selected(trial) {
  for (const [i, [lo, hi]] of brushes) {
    const v = i < 0 ? value(trial) : trial.params[i];
    if (v === null || v === undefined || !(v >= lo && v <= hi)) return false;
  }
  return true;
}

function parallel(width) {
  const done = complete();
  if (done.length === 0 || PARAMS.length === 0) return empty("No complete trial has parameters yet.");
  const height = 380, top = 44, bottom = height - 26, left = 54, right = 54;
  const wide = Math.max(width, (PARAMS.length + 1) * 92);
  const svg = draw("svg", { width: wide, height, viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": "Parameters of all complete trials" });
  const [lo, hi] = valueRange(done.map(value), shown);
  const axes = PARAMS.map((p, i) => ({ i, name: p.name + (p.log ? " (log)" : ""), scale: parameterScale(p, bottom, top, 6), of: t => t.params[i] }));
  axes.push({ i: -1, name: OBJECTIVES[shown].name, scale: linear(lo, hi, bottom, top, 6), of: value });
  axes.forEach((axis, k) => { axis.x = left + (axes.length === 1 ? 0 : k * (wide - left - right) / (axes.length - 1)); });

  const rank = ranks(), lines = draw("g", {}, svg), paths = [];
  done.slice().sort((a, b) => rank.get(a.number) - rank.get(b.number)).forEach(t => {
    let d = "";
    axes.forEach(axis => {
      const v = axis.of(t);
      if (v === null || v === undefined) return;
      const jitter = axis.i >= 0 && PARAMS[axis.i].kind === "categorical" ? ((t.number * 0.618) % 1 - 0.5) * 12 : 0;
      d += (d ? "L" : "M") + axis.x.toFixed(1) + " " + (axis.scale.map(clamp(v, axis.scale)) + jitter).toFixed(1);
    });
    const path = draw("path", { d, class: "thread", stroke: between("--worst", "--best", rank.get(t.number)) }, lines);
    hint(path, () => story(t));
    paths.push([t, path]);
  });
  const refresh = () => {
    paths.forEach(([t, path]) => path.classList.toggle("out", !selected(t)));
    document.dispatchEvent(new Event("brushed"));
  };
  axes.forEach(axis => drawAxis(svg, axis, top, bottom, refresh));
  refresh();
  const key = el("div", { class: "legend" }, el("span", {}, "worst ", el("i", { class: "ramp" }), " best"));
  const reset = el("button", { type: "button", text: "clear ranges" });
  reset.addEventListener("click", () => { brushes.clear(); render(); });
  key.append(reset);
  return el("div", {}, key, el("div", { class: "scroll" }, svg));
}

function drawAxis(svg, axis, top, bottom, refresh) {
  const group = draw("g", { class: "axis" }, svg);
  draw("line", { x1: axis.x, x2: axis.x, y1: top, y2: bottom, class: "base" }, group);
  const title = draw("text", { x: axis.x, y: 16, "text-anchor": "middle", class: "label" }, group, axis.name.length > 17 ? axis.name.slice(0, 16) + "…" : axis.name);
  hint(title, [axis.name]);
  axis.scale.ticks.forEach(t => draw("text", { x: axis.x + 6, y: axis.scale.map(t.v) + 4, class: "halo" }, group, t.text));
  const band = draw("rect", { x: axis.x - 9, width: 18, y: top, height: 0, class: "brush" }, group);
  const handle = draw("rect", { x: axis.x - 14, width: 28, y: top - 4, height: bottom - top + 8, class: "handle" }, group);
  const show = range => {
    const a = axis.scale.map(range[1]), b = axis.scale.map(range[0]);
    band.setAttribute("y", a);
    band.setAttribute("height", Math.max(0, b - a));
  };
  if (brushes.has(axis.i)) show(brushes.get(axis.i));
  const at = event => axis.scale.invert(Math.min(bottom, Math.max(top, event.clientY - svg.getBoundingClientRect().top)));
  let start = null;
  handle.addEventListener("pointerdown", event => { start = at(event); handle.setPointerCapture(event.pointerId); event.preventDefault(); });
  handle.addEventListener("pointermove", event => {
    if (start === null) return;
    const now = at(event), range = [Math.min(start, now), Math.max(start, now)];
    brushes.set(axis.i, range);
    show(range);
    refresh();
  });
  handle.addEventListener("pointerup", event => {
    const a = axis.scale.map(start), b = axis.scale.map(at(event));
    start = null;
    if (Math.abs(a - b) < 4) { brushes.delete(axis.i); band.setAttribute("height", 0); refresh(); }
  });
}
