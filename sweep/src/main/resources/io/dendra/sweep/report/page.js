// ---- the page

const SECTIONS = [
  { id: "pareto", title: "Objectives against each other", make: pareto, when: () => OBJECTIVES.length > 1,
    read: "Each dot is a complete trial. Large dots form the Pareto front: no other trial is better in one objective without being worse in another." },
  { id: "history", title: "History", make: w => el("div", {}, ...OBJECTIVES.map((o, i) => history(w, i))),
    read: "Each mark is a trial, in the order in which they began; the line is the best value so far. A line that has been flat for long says that more trials will hardly help." },
  { id: "intermediate", title: "Values on the way", make: intermediate, when: () => OBJECTIVES.length === 1,
    read: "Each line is what one trial reported as it went, such as the accuracy after each epoch. Pruned trials end early: those that the pruner stopped since others were ahead at the same step." },
  { id: "parallel", title: "Parallel coordinates", make: parallel,
    read: "Each line is a complete trial and crosses every axis at its value; strong colours are the better ones. Drag along an axis to see only trials of that range, several axes at once if you like; a click on the axis clears its range. The table below follows." },
  { id: "slices", title: "One parameter at a time", make: slices,
    read: "Each panel shows all trials over one parameter. Look for where the best marks gather: if that is at the edge of a panel, widen the range." },
  { id: "importances", title: "Importance of parameters", make: importances,
    read: "How much of the differences between trials comes from each parameter, alone and not together with others (fANOVA). What matters little can be fixed in the next sweep." },
  { id: "timeline", title: "Timeline by device", make: timeline,
    read: "Each bar is a trial, from its start to its end, in the row of the device on which it ran. Gaps between bars are time in which a device waited." },
  { id: "trials", title: "Trials", make: table, when: () => TRIALS.length > 0,
    read: "Click on a heading to sort. A trial that failed shows the first line of its cause; click on it for the rest." },
];

function card(title, text, more) {
  return el("div", { class: "card" }, el("span", { class: "what", text: title }), el("strong", { text }), el("span", { class: "more", text: more || "" }));
}

function overview() {
  const count = state => TRIALS.filter(t => t.state === state).length;
  const box = el("div", { class: "cards" });
  const parts = Object.keys(STATES).filter(s => count(s)).map(s => count(s) + " " + STATES[s].text).join(", ");
  box.append(card("trials", String(TRIALS.length), parts || "none yet"));
  const best = bestTrial();
  if (OBJECTIVES.length === 1) {
    box.append(card("best " + OBJECTIVES[0].name + " (" + OBJECTIVES[0].direction + ")", best ? number(value(best)) : "–", best ? "trial " + best.number : "no trial is complete"));
  }
  if (DATA.elapsed !== null) box.append(card("computed", duration(DATA.elapsed), "all trials together"));
  if (DATA.saved) box.append(card("saved by pruning", "about " + duration(DATA.saved.milliseconds), DATA.saved.steps + " steps of " + DATA.saved.trials + " trials not run"));
  DATA.more.forEach(c => box.append(card(c.title, c.text, c.more)));
  return box;
}

function bestParameters() {
  const best = bestTrial();
  if (!best || OBJECTIVES.length > 1) return el("div");
  const list = el("dl", { class: "best" });
  PARAMS.forEach((p, i) => {
    const text = parameterText(i, best.params[i]);
    if (text !== "") list.append(el("div", {}, el("dt", { text: p.name }), el("dd", { text })));
  });
  return el("div", {}, el("h2", { text: "Best parameters" }), list);
}

function facts(title, map) {
  const list = el("dl", { class: "facts" });
  Object.entries(map).forEach(([k, v]) => list.append(el("dt", { text: k }), el("dd", { text: typeof v === "string" ? v : JSON.stringify(v) })));
  return Object.keys(map).length ? el("section", {}, el("h2", { text: title }), list) : el("div");
}

const holders = new Map();
let trialTable = null;

function render(only) {
  const width = Math.max(300, document.getElementById("overview").clientWidth - 32);
  SECTIONS.filter(s => holders.has(s.id) && (!only || only === s.id)).forEach(s => {
    const made = s.make(width);
    if (s.id === "trials") trialTable = made;
    holders.get(s.id).replaceChildren(made);
  });
  if (!only) document.getElementById("overview").replaceChildren(overview(), bestParameters());
}

function build() {
  document.title = DATA.study + " – sweep";
  const main = document.querySelector("main");
  const theme = el("button", { type: "button", text: "light / dark" });
  theme.addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    render();
  });
  const state = DATA.running ? "running; as of " : "as of ";
  main.append(el("header", {}, el("h1", { text: DATA.study }), el("p", { text: state + new Date(DATA.written).toLocaleString() }), theme));
  if (OBJECTIVES.length > 1) {
    const choice = el("select", { "aria-label": "objective" });
    OBJECTIVES.forEach((o, i) => choice.append(el("option", { value: i, text: o.name })));
    choice.addEventListener("change", () => { shown = Number(choice.value); brushes.clear(); render(); });
    main.append(el("p", { class: "choice" }, "Charts of one objective show ", choice));
  }
  main.append(el("section", { id: "overview" }));
  SECTIONS.filter(s => !s.when || s.when()).forEach(s => {
    const holder = el("div", { class: "holder" });
    holders.set(s.id, holder);
    main.append(el("section", { id: s.id }, el("h2", { text: s.title }), el("p", { class: "read", text: s.read }), holder));
  });
  main.append(facts("Settings", DATA.settings), facts("Provenance", DATA.provenance));
  render();
  document.addEventListener("brushed", () => { if (trialTable && trialTable.filter) trialTable.filter(); });
  let wait = 0;
  addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(() => render(), 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => render());
  if (DATA.running) setInterval(() => { if (brushes.size === 0 && !document.hidden) location.reload(); }, 15000);
}

build();
