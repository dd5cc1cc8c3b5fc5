// ---- what the charts show; each gives a node for a width

function history(width, i = shown) {
  const done = TRIALS.filter(t => ["COMPLETE", "PRUNED"].includes(t.state) && Number.isFinite(t.values[i]));
  if (done.length === 0) return empty("No trial has a value yet.");
  const last = TRIALS[TRIALS.length - 1].number;
  const [lo, hi] = valueRange(done.map(t => t.values[i]), i);
  const c = chart(width, 320, (a, b) => linear(-0.5, Math.max(1, last) + 0.5, a, b, 10, 1), (a, b) => linear(lo, hi, a, b),
    { title: "Value of each trial", x: "trial", y: OBJECTIVES[i].name });
  let best = NaN, path = "";
  const ends = [];
  done.forEach(t => {
    mark(c.plot, c.x.map(t.number), c.y.map(clamp(t.values[i], c.y)), t);
    if (t.state === "COMPLETE" && !(isBetter(best, t.values[i], i) || best === t.values[i])) {
      best = t.values[i];
      ends.push([t.number, best]);
    }
  });
  ends.forEach(([n, v], k) => { path += (k ? "H" : "M") + c.x.map(n) + (k ? "" : " " + c.y.map(clamp(v, c.y))) + (k ? "V" + c.y.map(clamp(v, c.y)) : ""); });
  if (path) draw("path", { d: path + "H" + c.x.map(last), class: "best" }, c.plot);
  return el("div", {}, legend(["COMPLETE", "PRUNED"], [["line-best", "best so far"]]), c.svg);
}

function intermediate(width) {
  const told = TRIALS.filter(t => t.reports.length > 0);
  if (told.length === 0) return empty("No trial has reported values on its way.");
  const steps = told.flatMap(t => t.steps), [lo, hi] = valueRange(told.flatMap(t => t.reports), 0);
  const c = chart(width, 340, (a, b) => linear(...ends(steps), a, b, 10, 1),
    (a, b) => linear(lo, hi, a, b), { title: "Reports of trials by step", x: "step", y: "reported value" });
  const best = bestTrial();
  const order = told.slice().sort((a, b) => (a === best) - (b === best) || (a.state === "COMPLETE") - (b.state === "COMPLETE"));
  order.forEach(t => {
    const colour = "var(" + STATES[t.state].colour + ")";
    const points = t.steps.map((s, k) => [s, t.reports[k]]).filter(p => Number.isFinite(p[1]))
      .map(p => [c.x.map(p[0]), c.y.map(clamp(p[1], c.y))]);
    if (points.length === 0) return;
    const line = draw("polyline", { points: points.map(p => p.join(",")).join(" "), class: t === best ? "curve top" : "curve", stroke: colour }, c.plot);
    hint(line, () => story(t));
    const end = points[points.length - 1];
    mark(c.plot, end[0], end[1], t, t === best ? 5 : 3.5);
  });
  return el("div", {}, legend(["COMPLETE", "PRUNED", "FAIL", "RUNNING"].filter(s => told.some(t => t.state === s)), best ? [["line-top", "best trial"]] : []), c.svg);
}

/** Smallest and largest, without the limit on the number of arguments. */
function ends(values) {
  return values.reduce((m, v) => [Math.min(m[0], v), Math.max(m[1], v)], [Infinity, -Infinity]);
}

function bestTrial() {
  return complete().reduce((best, t) => best === null || isBetter(value(t), value(best), shown) ? t : best, null);
}

/** From 0 for the worst to 1 for the best, by rank: a few bad trials do not swallow the colours. */
function ranks() {
  const sorted = complete().sort((a, b) => isBetter(value(a), value(b), shown) ? 1 : isBetter(value(b), value(a), shown) ? -1 : 0);
  return new Map(sorted.map((t, k) => [t.number, sorted.length === 1 ? 1 : k / (sorted.length - 1)]));
}

function slices(width) {
  const done = TRIALS.filter(t => ["COMPLETE", "PRUNED"].includes(t.state) && Number.isFinite(value(t)));
  if (done.length === 0 || PARAMS.length === 0) return empty("No complete trial has parameters yet.");
  const columns = width > 860 ? 3 : width > 560 ? 2 : 1;
  const each = Math.floor((width - (columns - 1) * 12) / columns);
  const [lo, hi] = valueRange(done.map(value), shown);
  const box = el("div", { class: "tiles" });
  PARAMS.forEach((p, i) => {
    const c = chart(each, 230, (a, b) => parameterScale(p, a, b, 4), (a, b) => linear(lo, hi, a, b, 5),
      { title: "Values over " + p.name, x: p.name + (p.log ? " (log)" : ""), y: OBJECTIVES[shown].name });
    const had = done.filter(t => t.params[i] !== null);
    had.forEach(t => {
      const shift = p.kind === "categorical" ? ((t.number * 0.618) % 1 - 0.5) * 14 : 0;
      mark(c.plot, c.x.map(clamp(t.params[i], c.x)) + shift, c.y.map(clamp(value(t), c.y)), t, 3);
    });
    box.append(c.svg);
  });
  return el("div", {}, legend(["COMPLETE", "PRUNED"]), box);
}

function importances(width) {
  const shares = DATA.importances[shown];
  if (!shares || !shares.some(s => s.share > 0)) return empty("Too few complete trials to tell.");
  const height = 40 + shares.length * 26, left = Math.min(220, Math.max(...shares.map(s => s.name.length)) * 7.5 + 20);
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Importance of parameters" });
  const x = linear(0, Math.max(...shares.map(s => s.share), 0.01), left, width - 60, 6);
  const text = draw("g", { class: "axis" }, svg);
  shares.forEach((s, k) => {
    const y = 8 + k * 26;
    draw("text", { x: left - 8, y: y + 14, "text-anchor": "end" }, text, s.name.length > 28 ? s.name.slice(0, 27) + "…" : s.name);
    const bar = draw("rect", { x: left, y, width: Math.max(1, x.map(s.share) - left), height: 18, rx: 2, class: "bar" }, svg);
    hint(bar, [s.name, (100 * s.share).toFixed(1) + " % of what parameters explain"]);
    draw("text", { x: x.map(s.share) + 6, y: y + 14 }, text, (100 * s.share).toFixed(s.share < 0.1 ? 1 : 0) + " %");
  });
  draw("text", { x: (left + width - 60) / 2, y: height - 6, "text-anchor": "middle", class: "label" }, text, "share of the variation of " + OBJECTIVES[shown].name);
  return svg;
}

function pareto(width) {
  const done = TRIALS.filter(t => t.state === "COMPLETE" && t.values.every(Number.isFinite));
  if (done.length === 0) return empty("No trial is complete yet.");
  const dominated = t => done.some(o => o !== t && o.values.every((v, i) => !isBetter(t.values[i], v, i)) && o.values.some((v, i) => isBetter(v, t.values[i], i)));
  const front = new Set(done.filter(t => !dominated(t)));
  const box = el("div", { class: "tiles" });
  const pairs = [];
  OBJECTIVES.forEach((a, i) => OBJECTIVES.forEach((b, j) => { if (i < j) pairs.push([i, j]); }));
  const each = pairs.length > 1 && width > 700 ? Math.floor((width - 12) / 2) : width;
  pairs.forEach(([i, j]) => {
    const [xl, xh] = valueRange(done.map(t => t.values[i]), i), [yl, yh] = valueRange(done.map(t => t.values[j]), j);
    const c = chart(each, 340, (a, b) => linear(xl, xh, a, b), (a, b) => linear(yl, yh, a, b),
      { title: "Objectives against each other", x: OBJECTIVES[i].name + " (" + OBJECTIVES[i].direction + ")", y: OBJECTIVES[j].name + " (" + OBJECTIVES[j].direction + ")" });
    const at = t => [c.x.map(clamp(t.values[i], c.x)), c.y.map(clamp(t.values[j], c.y))];
    if (OBJECTIVES.length === 2) {
      const line = [...front].map(at).sort((a, b) => a[0] - b[0]);
      draw("polyline", { points: line.map(p => p.join(",")).join(" "), class: "best" }, c.plot);
    }
    done.forEach(t => {
      const [x, y] = at(t), dot = draw("circle", { cx: x, cy: y, r: front.has(t) ? 6 : 3.5, class: front.has(t) ? "front" : "dominated" }, c.plot);
      hint(dot, () => story(t));
    });
    box.append(c.svg);
  });
  return el("div", {}, el("div", { class: "legend" }, el("span", {}, el("i", { class: "dot-front" }), front.size + " of " + done.length + " trials are on the front")), box);
}
