"use strict";

// ---- data

const DATA = JSON.parse(document.getElementById("data").textContent);
const PARAMS = DATA.parameters;
const OBJECTIVES = DATA.objectives;
const TRIALS = DATA.trials.map(t => ({
  number: t.n,
  state: t.s,
  values: t.v.map(Number),
  start: t.b,
  end: t.e,
  lane: t.l,
  params: t.p,
  cause: t.c,
  attempts: t.a,
  attributes: t.u,
  steps: t.r ? t.r[0] : [],
  reports: t.r ? t.r[1].map(Number) : [],
}));

/** Objective that charts of one value show, where there are several. */
let shown = 0;
/** Brushed ranges of the parallel coordinates, by the place of the axis. */
const brushes = new Map();

const STATES = {
  COMPLETE: { text: "complete", colour: "--complete" },
  PRUNED: { text: "pruned", colour: "--pruned" },
  FAIL: { text: "failed", colour: "--failed" },
  RUNNING: { text: "running", colour: "--running" },
  WAITING: { text: "waiting", colour: "--waiting" },
};

const value = trial => trial.values.length > shown ? trial.values[shown] : NaN;
const maximize = i => OBJECTIVES[i].direction === "maximize";
const isBetter = (a, b, i) => maximize(i) ? a > b : a < b;
const complete = () => TRIALS.filter(t => t.state === "COMPLETE" && Number.isFinite(value(t)));

/** The value of a parameter as users know it. */
function parameterText(i, raw) {
  if (raw === null || raw === undefined) return "";
  const p = PARAMS[i];
  return p.kind === "categorical" ? p.choices[raw] : number(raw);
}

// ---- text

function number(x) {
  if (x === null || x === undefined) return "";
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e7) return String(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    return x.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return String(Number(x.toPrecision(5)));
}

function duration(ms) {
  if (!Number.isFinite(ms)) return "";
  const s = ms / 1000;
  if (s < 1) return Math.round(ms) + " ms";
  if (s < 60) return s.toFixed(1) + " s";
  const pad = n => String(n).padStart(2, "0");
  if (s < 3600) return Math.floor(s / 60) + ":" + pad(Math.floor(s % 60)) + " min";
  return Math.floor(s / 3600) + ":" + pad(Math.floor(s / 60 % 60)) + ":" + pad(Math.floor(s % 60)) + " h";
}

/** What a tooltip says of a trial; a list of lines. */
function story(trial) {
  const lines = ["trial " + trial.number + ", " + STATES[trial.state].text];
  trial.values.forEach((v, i) => lines.push(OBJECTIVES[i].name + " = " + number(v)));
  PARAMS.forEach((p, i) => {
    const text = parameterText(i, trial.params[i]);
    if (text !== "") lines.push(p.name + " = " + text);
  });
  if (trial.start && trial.end) lines.push("took " + duration(trial.end - trial.start));
  if (trial.lane >= 0) lines.push("on " + DATA.lanes[trial.lane]);
  if (trial.cause >= 0) lines.push(DATA.causes[trial.cause].split("\n")[0].slice(0, 200));
  return lines;
}

// ---- elements: text is only ever set as text, never read as markup

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const key in attributes) {
    if (key === "text") node.textContent = attributes[key];
    else node.setAttribute(key, attributes[key]);
  }
  children.forEach(child => node.append(child));
  return node;
}

function draw(name, attributes, parent, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A colour between those of two variables; at from 0 to 1. */
function between(from, to, at) {
  const parts = c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16));
  const a = parts(css(from)), b = parts(css(to));
  return "rgb(" + a.map((x, i) => Math.round(x + (b[i] - x) * at)).join(",") + ")";
}

const tip = el("div", { class: "tip", role: "status", hidden: "" });
document.body.append(tip);

function hint(node, lines) {
  node.addEventListener("pointerenter", event => {
    tip.replaceChildren(...(typeof lines === "function" ? lines() : lines).map(line => el("div", { text: line })));
    tip.hidden = false;
    place(event);
  });
  node.addEventListener("pointermove", place);
  node.addEventListener("pointerleave", () => { tip.hidden = true; });
}

function place(event) {
  const box = tip.getBoundingClientRect();
  const x = Math.min(event.clientX + 14, innerWidth - box.width - 8);
  const y = event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16;
  tip.style.left = Math.max(4, x) + "px";
  tip.style.top = Math.max(4, y) + "px";
}

/** The mark of a trial: shapes tell states apart where colours do not. */
function mark(parent, x, y, trial, size = 4) {
  const colour = "var(" + STATES[trial.state].colour + ")";
  let node;
  if (trial.state === "PRUNED") {
    node = draw("path", { d: `M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z`, fill: "none", stroke: colour, "stroke-width": 1.5 }, parent);
  } else if (trial.state === "FAIL") {
    node = draw("path", { d: `M${x - size} ${y - size}L${x + size} ${y + size}M${x - size} ${y + size}L${x + size} ${y - size}`, stroke: colour, "stroke-width": 2, fill: "none" }, parent);
  } else if (trial.state === "RUNNING") {
    node = draw("path", { d: `M${x - size} ${y - size}L${x + size} ${y}L${x - size} ${y + size}Z`, fill: colour }, parent);
  } else {
    node = draw("circle", { cx: x, cy: y, r: size, fill: colour, "fill-opacity": 0.8 }, parent);
  }
  hint(node, () => story(trial));
  return node;
}

/** The key to states that occur in a chart. */
function legend(states, more = []) {
  const box = el("div", { class: "legend" });
  states.filter(s => TRIALS.some(t => t.state === s)).forEach(state => {
    const svg = draw("svg", { width: 16, height: 14, "aria-hidden": "true" });
    mark(svg, 8, 7, { state, values: [], params: [], number: "", lane: -1, cause: -1 });
    box.append(el("span", {}, svg, STATES[state].text));
  });
  more.forEach(([className, text]) => box.append(el("span", {}, el("i", { class: className }), text)));
  return box;
}
