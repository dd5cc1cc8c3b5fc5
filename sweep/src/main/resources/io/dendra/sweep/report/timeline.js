// ---- when and where trials ran

/** Time without the pauses in which no trial ran, such as between an interruption and going on. */
function busyTime(trials, now) {
  const spans = trials.map(t => [t.start, t.end || now]).sort((a, b) => a[0] - b[0]);
  const busy = [];
  spans.forEach(([a, b]) => {
    const last = busy[busy.length - 1];
    if (last && a <= last[1]) last[1] = Math.max(last[1], b);
    else busy.push([a, b]);
  });
  const total = busy.reduce((sum, [a, b]) => sum + b - a, 0) || 1;
  const pauses = [];
  let taken = 0;
  for (let k = 1; k < busy.length; k++) {
    const gap = busy[k][0] - busy[k - 1][1];
    if (gap > Math.max(2000, total / 8)) {
      const kept = total / 60;
      pauses.push({ at: busy[k - 1][1] - busy[0][0] - taken + kept / 2, length: gap, until: busy[k][0], taken: taken + gap - kept });
      taken += gap - kept;
    }
  }
  const origin = busy[0][0];
  const map = t => {
    let cut = 0;
    pauses.forEach(p => { if (t >= p.until) cut = p.taken; });
    return t - origin - cut;
  };
  return { map, pauses, end: map(busy[busy.length - 1][1]) };
}

function timeline(width) {
  const ran = TRIALS.filter(t => t.start && (t.end || t.state === "RUNNING"));
  if (ran.length === 0) return empty("No trial has run yet.");
  const time = busyTime(ran, DATA.written);
  const names = DATA.lanes.concat(ran.some(t => t.lane < 0) ? ["not recorded"] : []);
  const rows = [];
  names.forEach((name, lane) => {
    const mine = ran.filter(t => t.lane === lane || (t.lane < 0 && lane === DATA.lanes.length)).sort((a, b) => a.start - b.start);
    const free = [];
    mine.forEach(t => {
      let slot = free.findIndex(end => end <= t.start);
      if (slot < 0) slot = free.length;
      free[slot] = t.end || DATA.written;
      rows.push([name, slot, t]);
    });
  });
  const keys = [];
  rows.forEach(([name, slot]) => { if (!keys.some(k => k[0] === name && k[1] === slot)) keys.push([name, slot]); });
  keys.sort((a, b) => names.indexOf(a[0]) - names.indexOf(b[0]) || a[1] - b[1]);
  const left = Math.min(200, Math.max(...keys.map(k => k[0].length)) * 7.5 + 24), height = 48 + keys.length * 28;
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Trials by time and device" });
  const unit = time.end > 2 * 3600e3 ? [3600e3, "hours"] : time.end > 180e3 ? [60e3, "minutes"] : [1000, "seconds"];
  const x = linear(0, time.end / unit[0], left, width - 14, 8), at = ms => x.map(ms / unit[0]);
  const grid = draw("g", { class: "grid" }, svg), text = draw("g", { class: "axis" }, svg);
  x.ticks.forEach(t => {
    draw("line", { x1: x.map(t.v), x2: x.map(t.v), y1: 4, y2: height - 40 }, grid);
    draw("text", { x: x.map(t.v), y: height - 24, "text-anchor": "middle" }, text, t.text);
  });
  draw("text", { x: (left + width) / 2, y: height - 6, "text-anchor": "middle", class: "label" }, text, unit[1] + " since the first trial" + (time.pauses.length ? ", pauses cut short" : ""));
  keys.forEach(([name, slot], k) => {
    if (slot === 0) draw("text", { x: left - 8, y: 24 + k * 28, "text-anchor": "end" }, text, name.length > 26 ? name.slice(0, 25) + "…" : name);
  });
  rows.forEach(([name, slot, t]) => {
    const y = 8 + keys.findIndex(k => k[0] === name && k[1] === slot) * 28;
    const a = at(time.map(t.start)), b = at(time.map(t.end || DATA.written));
    const bar = draw("rect", { x: a, y, width: Math.max(1.5, b - a - 0.5), height: 22, rx: 2, fill: "var(" + STATES[t.state].colour + ")", class: "span" }, svg);
    hint(bar, () => story(t));
    if (b - a > 18) draw("text", { x: (a + b) / 2, y: y + 15, "text-anchor": "middle", class: "on" }, svg, String(t.number));
  });
  time.pauses.forEach(p => {
    const line = draw("line", { x1: at(p.at), x2: at(p.at), y1: 4, y2: height - 40, class: "pause" }, svg);
    hint(line, ["nothing ran for " + duration(p.length)]);
  });
  return el("div", {}, legend(["COMPLETE", "PRUNED", "FAIL", "RUNNING"]), svg);
}
