// ---- all trials, sortable, filtered by the ranges of the parallel coordinates

const order = { column: "number", down: false };

function columns() {
  const list = [
    { id: "number", title: "trial", of: t => t.number },
    { id: "state", title: "state", of: t => STATES[t.state].text },
  ];
  OBJECTIVES.forEach((o, i) => list.push({ id: "v" + i, title: o.name, of: t => t.values.length > i ? t.values[i] : null, text: t => t.values.length > i ? number(t.values[i]) : "" }));
  list.push({ id: "took", title: "duration", of: t => t.start && t.end ? t.end - t.start : null, text: t => t.start && t.end ? duration(t.end - t.start) : "" });
  if (DATA.lanes.length) list.push({ id: "lane", title: "device", of: t => t.lane < 0 ? null : DATA.lanes[t.lane] });
  PARAMS.forEach((p, i) => list.push({ id: "p" + i, title: p.name, of: t => t.params[i], text: t => parameterText(i, t.params[i]), parameter: true }));
  if (TRIALS.some(t => t.attempts > 1)) list.push({ id: "attempts", title: "attempts", of: t => t.attempts });
  if (TRIALS.some(t => t.cause >= 0)) list.push({ id: "cause", title: "cause of failure", of: t => t.cause < 0 ? null : DATA.causes[t.cause], cause: true });
  return list;
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return order.down ? b - a : a - b;
  }
  return (order.down ? -1 : 1) * String(a).localeCompare(String(b));
}

function table() {
  const cols = columns(), head = el("tr"), body = el("tbody");
  cols.forEach(col => {
    const button = el("button", { type: "button", text: col.title });
    const cell = el("th", { scope: "col", class: col.parameter ? "parameter" : "" }, button);
    if (order.column === col.id) cell.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    button.addEventListener("click", () => {
      order.down = order.column === col.id ? !order.down : false;
      order.column = col.id;
      render("trials");
    });
    head.append(cell);
  });
  const sort = cols.find(c => c.id === order.column) || cols[0];
  const best = bestTrial();
  const rows = TRIALS.slice().sort((a, b) => compare(sort.of(a), sort.of(b)) || a.number - b.number);
  const drawn = rows.map(t => {
    const row = el("tr", { class: t === best && OBJECTIVES.length === 1 ? "winner" : "" });
    cols.forEach(col => {
      const raw = col.of(t), text = col.text ? col.text(t) : raw === null || raw === undefined ? "" : String(raw);
      if (col.cause && text) {
        const lines = text.split("\n");
        row.append(el("td", { class: "cause" }, lines.length > 1
          ? el("details", {}, el("summary", { text: lines[0].slice(0, 160) }), el("pre", { text }))
          : el("span", { text })));
      } else if (col.id === "state") {
        row.append(el("td", {}, el("i", { class: "state " + t.state.toLowerCase() }), text));
      } else {
        row.append(el("td", { class: typeof raw === "number" ? "n" : "", text }));
      }
    });
    body.append(row);
    return [t, row];
  });
  const count = el("p", { class: "count" });
  const filter = () => {
    let seen = 0;
    drawn.forEach(([t, row]) => {
      row.hidden = brushes.size > 0 && !selected(t);
      seen += row.hidden ? 0 : 1;
    });
    count.textContent = seen + " of " + TRIALS.length + " trials" + (brushes.size ? ", by the ranges drawn on the parallel coordinates" : "");
  };
  filter();
  const box = el("div", {}, count, el("div", { class: "scroll tall" }, el("table", {}, el("thead", {}, head), body)));
  box.filter = filter;
  return box;
}
