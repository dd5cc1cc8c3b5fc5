// ---- scales: numbers and choices to places on the screen

function linear(lo, hi, a, b, most = 6, least = 0) {
  if (!(hi > lo)) { const pad = Math.abs(lo) * 0.05 || 1; lo -= pad; hi += pad; }
  const rough = (hi - lo) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(least, [1, 2, 5, 10].map(n => n * power).find(n => n >= rough * 0.999));
  const ticks = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) {
    ticks.push({ v: Number((k * step).toPrecision(12)) });
  }
  return { map: v => a + (v - lo) / (hi - lo) * (b - a), invert: p => lo + (p - a) / (b - a) * (hi - lo), ticks: ticks.map(t => ({ v: t.v, text: number(t.v) })), lo, hi };
}

function logarithmic(lo, hi, a, b) {
  if (!(hi > lo)) { lo /= 2; hi *= 2; }
  const from = Math.log10(lo), to = Math.log10(hi), ticks = [];
  const whole = Math.floor(to) - Math.ceil(from) + 1;
  const factors = whole >= 3 ? [1] : whole >= 1 && to - from > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  for (let e = Math.floor(from); e <= Math.ceil(to); e++) {
    for (const f of factors) {
      const v = f * 10 ** e;
      if (v >= lo * 0.9999 && v <= hi * 1.0001) ticks.push({ v, text: number(Number(v.toPrecision(6))) });
    }
  }
  const every = Math.ceil(ticks.length / 7);
  return {
    map: v => a + (Math.log10(v) - from) / (to - from) * (b - a),
    invert: p => 10 ** (from + (p - a) / (b - a) * (to - from)),
    ticks: ticks.filter((t, i) => i % every === 0), lo, hi, log: true,
  };
}

function categories(labels, a, b) {
  const step = (b - a) / labels.length;
  const short = labels.map(l => l.length > 14 ? l.slice(0, 13) + "…" : l);
  return { map: v => a + (v + 0.5) * step, invert: p => (p - a) / step - 0.5, ticks: short.map((text, v) => ({ v, text })), lo: -0.5, hi: labels.length - 0.5 };
}

/** Where the values of a parameter lie: the whole range that it could have. */
function parameterScale(p, a, b, most) {
  if (p.kind === "categorical") return categories(p.choices, a, b);
  return p.log ? logarithmic(p.low, p.high, a, b) : linear(p.low, p.high, a, b, most, p.kind === "int" ? 1 : 0);
}

/** The range of values, without those far on the bad side; those are drawn at the edge. */
function valueRange(values, i) {
  const sorted = values.filter(Number.isFinite).sort((x, y) => x - y);
  if (sorted.length === 0) return [0, 1];
  const q = at => sorted[Math.round(at * (sorted.length - 1))];
  let lo = sorted[0], hi = sorted[sorted.length - 1];
  const spread = q(0.75) - q(0.25);
  if (sorted.length >= 8 && spread > 0) {
    if (maximize(i)) lo = Math.max(lo, q(0.25) - 6 * spread);
    else hi = Math.min(hi, q(0.75) + 6 * spread);
  }
  const pad = (hi - lo) * 0.04;
  return [lo - pad, hi + pad];
}

const clamp = (v, scale) => Math.min(scale.hi, Math.max(scale.lo, v));

// ---- charts

/** An empty chart with axes; x and y give the scale for an interval of pixels. */
function chart(width, height, x, y, labels, margin = {}) {
  const m = { top: 10, right: 14, bottom: 42, left: 62, ...margin };
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": labels.title });
  const sx = x(m.left, width - m.right), sy = y(height - m.bottom, m.top);
  const grid = draw("g", { class: "grid" }, svg), text = draw("g", { class: "axis" }, svg);
  sy.ticks.forEach(t => {
    const p = sy.map(t.v);
    draw("line", { x1: m.left, x2: width - m.right, y1: p, y2: p }, grid);
    draw("text", { x: m.left - 8, y: p + 4, "text-anchor": "end" }, text, t.text);
  });
  const room = (width - m.left - m.right) / Math.max(1, Math.max(...sx.ticks.map(t => t.text.length)) * 7 + 10);
  const every = Math.max(1, Math.ceil(sx.ticks.length / room));
  sx.ticks.forEach((t, i) => {
    const p = sx.map(t.v);
    draw("line", { x1: p, x2: p, y1: height - m.bottom, y2: height - m.bottom + 4 }, grid);
    if (i % every === 0) draw("text", { x: p, y: height - m.bottom + 17, "text-anchor": "middle" }, text, t.text);
  });
  draw("line", { x1: m.left, x2: width - m.right, y1: height - m.bottom, y2: height - m.bottom, class: "base" }, grid);
  draw("text", { x: (m.left + width - m.right) / 2, y: height - 6, "text-anchor": "middle", class: "label" }, text, labels.x);
  const middle = (m.top + height - m.bottom) / 2;
  draw("text", { x: 14, y: middle, "text-anchor": "middle", class: "label", transform: `rotate(-90 14 ${middle})` }, text, labels.y);
  return { svg, x: sx, y: sy, plot: draw("g", {}, svg), margin: m };
}

function empty(text) {
  return el("p", { class: "empty", text });
}
