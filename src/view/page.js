"use strict";
(() => {
  const all = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");

  function escaped(text) {
    const made = document.createElement("span");
    made.textContent = text;
    return made.innerHTML;
  }
  const short = (v) => typeof v !== "number" ? String(v) : String(+v.toPrecision(5));
  const several = () => all.runs.length > 1;
  // Black is not seen on a dark page.
  const colour = (i) => {
    const c = all.palette[i % all.palette.length];
    return dark() && c === "#000000" ? "#e4e8ee" : c;
  };
  const dashes = [null, [8, 5], [2, 4], [10, 4, 2, 4], [16, 6]];

  // Names of runs without what all of them have.
  function labelsOf() {
    const names = all.runs.map((r) => r.path);
    const stems = names.map((n) => n.replace(/^.*\//, "").replace(/\.[^.]*$/, ""));
    return new Set(stems).size === stems.length ? stems : names;
  }

  const state = { x: "epochs", log: false, pattern: "" };
  const axes = { epochs: "epochs", examples: "examples", batches: "batches",
    seconds: "time trained (s)" };

  function curvesOf(chart) {
    const curves = [];
    const labels = labelsOf();
    all.runs.forEach((run, r) => {
      run.channels.filter((c) => c.chart === chart).forEach((c) => {
        curves.push({ run, r, channel: c });
      });
    });
    const channels = [...new Set(curves.map((c) => c.channel.name))];
    curves.forEach((c, i) => {
      const k = channels.indexOf(c.channel.name);
      c.label = several() ? labels[c.r] + ": " + c.channel.name : c.channel.name;
      c.colour = several() ? c.r : k;
      c.dashes = several() ? k : Math.floor(i / all.palette.length);
    });
    return curves;
  }

  function rowsOf(curves) {
    const rows = new Map();
    curves.forEach((c, i) => {
      c.channel.at.forEach((moment, j) => {
        const x = c.run[state.x][moment];
        if (typeof x !== "number") return;
        if (!rows.has(x)) rows.set(x, [x, ...curves.map(() => null)]);
        const y = c.channel.y[j];
        rows.get(x)[i + 1] = y === "nan" || (state.log && y <= 0) ? NaN : y;
      });
    });
    return [...rows.values()].sort((a, b) => a[0] - b[0]);
  }

  // The charts that are drawn: name, curves, and of those with a value the chart itself.
  const open = [];
  const fewest = 30;  // of points that are marked
  function draw(box, chart, zoom) {
    const curves = curvesOf(chart);
    const drawn = { chart, curves };
    open.push(drawn);
    add(box, "h3", chart);
    add(box, "p", curves[0].channel.unit || curves[0].channel.doc || "value");
    const plot = add(box, "div", undefined, "plot");
    const legend = add(box, "div", undefined, "legend");
    const rows = rowsOf(curves);
    const finite = rows.some((row) => row.slice(1).some((v) => Number.isFinite(v)));
    if (!finite) {
      plot.textContent = "no value that can be drawn";
      return;
    }
    const series = {};
    // Two curves may have one name.
    const keys = curves.map((c, i) => c.label + "\u200b".repeat(i));
    curves.forEach((c, i) => {
      series[keys[i]] = { color: colour(c.colour), strokeWidth: 2,
        strokePattern: dashes[c.dashes % dashes.length] };
    });
    // Also for who wants more of it: $0.graph in the browser's console.
    plot.graph = drawn.graph = new Dygraph(plot, rows, {
      dateWindow: zoom || null,
      labels: ["x", ...keys], series, logscale: state.log, connectSeparatedPoints: true,
      drawPoints: rows.length <= fewest, pointSize: 3, xRangePad: 8, legend: "always", labelsDiv: legend, xlabel: axes[state.x],
      gridLineColor: getComputedStyle(document.documentElement).getPropertyValue("--grid"),
      axisLineColor: getComputedStyle(document.documentElement).getPropertyValue("--soft"),
      axes: { y: { axisLabelWidth: 64, valueFormatter: short, axisLabelFormatter: (v) => short(v) },
        x: { valueFormatter: short, axisLabelFormatter: (v) => short(v) } },
      highlightCircleSize: 4,
      legendFormatter: (data) => {
        const at = data.x === undefined || data.x === null ? "" :
          "<span>" + escaped(axes[state.x] + " " + short(data.x)) + "</span>";
        return at + data.series.map((s, i) =>
          "<span><i class='swatch' style='border-color:" + series[keys[i]].color +
          (series[keys[i]].strokePattern ? ";border-top-style:dashed" : "") + "'></i>" +
          escaped(curves[i].label) + (s.y === undefined || s.y === null || !at ? "" :
            " <b>" + escaped(short(s.y)) + "</b>") + "</span>").join("");
      },
    });
  }

  function chartsOf() {
    const found = new Map();
    all.runs.forEach((run) => run.channels.forEach((c) => {
      if (!found.has(c.chart)) found.set(c.chart, false);
      if (c.main) found.set(c.chart, true);
    }));
    const names = [...found.keys()].sort((a, b) =>
      found.get(b) - found.get(a) || a.localeCompare(b, "en", { numeric: true }));
    if (!state.pattern) {
      const main = names.filter((n) => found.get(n));
      return { shown: main.length ? main : names.slice(0, 4), all: names };
    }
    return { shown: names.filter((n) => n.toLowerCase().includes(state.pattern.toLowerCase())),
      all: names };
  }

  // Charts that stay keep their zoom, unless the axis is another.
  function redraw(keep) {
    const zooms = new Map();
    open.splice(0).forEach(({ chart, graph }) => {
      if (!graph) return;
      if (keep && graph.isZoomed("x")) zooms.set(chart, graph.xAxisRange());
      graph.destroy();
    });
    charts.replaceChildren();
    const { shown, all: every } = chartsOf();
    shown.slice(0, 60).forEach((name) =>
      draw(add(charts, "section", undefined, "chart"), name, zooms.get(name)));
    count.textContent = shown.length + " of " + every.length + " charts";
  }
  // More records of the same curves.
  function extend() {
    if (open.some((one) => !one.graph)) return redraw(true);
    open.forEach(({ curves, graph }) => {
      const rows = rowsOf(curves);
      graph.updateOptions({ file: rows, drawPoints: rows.length <= fewest });
    });
  }

  // ------------------------------------------------------------------- what stands on the page
  const header = add(page, "header");
  const title = add(header, "h1");
  addTheme(header, () => redraw(true));
  const status = all.live && add(page, "p", "asking for the runs", "status");

  const tableTitle = add(page, "h2");
  const table = add(add(page, "div", undefined, "scroll"), "table");
  const seconds = (s) => s < 1 ? "now" : s < 90 ? Math.round(s) + " s ago" :
    s < 5400 ? Math.round(s / 60) + " min ago" : s < 130000 ? Math.round(s / 3600) + " h ago" :
      Math.round(s / 86400) + " days ago";
  const ages = [];  // what to write anew all the time: the run and its cells
  function drawAges() {
    ages.forEach(([run, stateCell, age]) => {
      if (stateCell) stateCell.textContent = run.state || "–";
      age.textContent = run.changed === undefined ? "–" : seconds(all.now - run.changed);
    });
  }
  function drawTable() {
    title.textContent = several() ? all.runs.length + " runs" : all.runs.length ?
      all.runs[0].path : "No run yet";
    document.title = title.textContent;
    tableTitle.textContent = several() ? "Runs, and what differs between their jobs" : "The run";
    table.replaceChildren();
    ages.length = 0;
    const head = add(table, "tr");
    add(head, "th", "run");
    const states = all.runs.some((r) => r.state);  // files say none
    if (states) add(head, "th", "state");
    if (all.live) add(head, "th", "changed");
    all.table.short.forEach((k, i) => { add(head, "th", k).title = all.table.keys[i]; });
    ["epochs", "seconds"].forEach((k) => add(head, "th", k, "number"));
    all.table.channels.forEach((c) => {
      add(head, "th", "best " + c, "number");
      add(head, "th", "at epoch", "number");
      add(head, "th", "last", "number");
    });
    const byPath = new Map(all.runs.map((r) => [r.path, r]));
    all.table.rows.forEach((row, place) => {
      const line = add(table, "tr");
      const run = byPath.get(row.path) || {};
      add(line, "td", row.path);
      if (all.live) ages.push([run, states && add(line, "td"), add(line, "td")]);
      row.settings.forEach((s) => add(line, "td", s === "" ? "–" : s));
      add(line, "td", row.epochs, "number");
      add(line, "td", short(row.seconds), "number");
      row.scores.forEach((s, i) => {
        const values = s || ["–", "–", "–"];
        values.forEach((v, k) =>
          add(line, "td", short(v), "number" + (place === 0 && i === 0 && k === 0 ? " best" : "")));
      });
    });
    drawAges();
  }
  drawTable();

  add(page, "h2", "Curves");
  const controls = add(page, "div", undefined, "controls");
  const axis = add(add(controls, "label", "to the right "), "select");
  Object.keys(axes).forEach((k) => { add(axis, "option", axes[k]).value = k; });
  axis.onchange = () => { state.x = axis.value; redraw(); };
  const logLabel = add(controls, "label");
  const log = add(logLabel, "input");
  log.type = "checkbox";
  logLabel.append(" logarithmic");
  log.onchange = () => { state.log = log.checked; redraw(true); };
  const pattern = add(add(controls, "label", "channels with "), "input");
  pattern.placeholder = "objectives and errors";
  pattern.oninput = () => { state.pattern = pattern.value; redraw(true); };
  const count = add(controls, "span");
  add(controls, "span", "drag to zoom, double-click to see all");
  const charts = add(page, "div", undefined, "charts");
  redraw();

  function facts(to, heading, values) {
    const entries = Object.entries(values).filter(([, v]) => v !== null && v !== "");
    if (!entries.length) return;
    add(to, "h3", heading);
    const list = add(add(to, "div", undefined, "scroll"), "table");
    entries.forEach(([k, v]) => {
      const line = add(list, "tr");
      add(line, "th", k);
      add(line, "td", v).style.whiteSpace = "normal";
    });
  }
  const eachTitle = add(page, "h2");
  const each = add(page, "div");
  function drawFacts() {
    const opened = new Set([...each.querySelectorAll("details[open] > summary")].map(
      (s) => s.textContent));
    eachTitle.textContent = several() ? "Each run" : all.runs.length ?
      "Job, data, environment" : "";
    each.replaceChildren();
    all.runs.forEach((run) => {
      const box = several() ? add(each, "details") : each;
      if (several()) {
        add(box, "summary", run.path);
        box.open = opened.has(run.path);
      }
      run.filters.forEach((f) => {
        const figure = add(box, "figure");
        const image = add(figure, "img");
        // Small kernels are no larger than eight times.
        image.onload = () => { image.style.maxWidth = 8 * image.naturalWidth + "px"; };
        image.src = "data:image/png;base64," + f.png;
        image.alt = f.name;
        add(figure, "figcaption", f.name + ": " + f.what);
      });
      add(box, "h3", "Job");
      add(box, "pre", run.job || "not in the file");
      facts(box, "Data", run.data);
      facts(box, "Environment", Object.assign({ precision: run.floatX, "number of parameters":
        run.parameters, "written by": run.version && "ansatz " + run.version }, run.environment));
      facts(box, "Variables", run.variables);
    });
  }
  drawFacts();
  add(page, "p", "Written by " + all.program + "; curves by dygraphs (MIT licence).").style.color =
    "var(--soft)";
  if (!all.live) return;

  // ------------------------------------------------------------------- what is new of the runs
  const pause = 1000;  // milliseconds between two questions
  // So many points of a curve after the first ones, which were thinned: then all are got again.
  const most = 4000;
  let board = "", version = 0, failures = 0;

  function append(run, more) {
    ["epochs", "examples", "batches", "seconds"].forEach((k) => run[k].push(...more[k]));
    const byName = new Map(run.channels.map((c) => [c.name, c]));
    more.channels.forEach((c) => {
      const to = byName.get(c.name);
      c.y.forEach((y, i) => { to.at.push(more.from + i); to.y.push(y); });
      to.grown = (to.grown || 0) + c.y.length;
      if (to.grown > most) version = 0;
    });
  }
  /** Whether other curves are to be drawn, longer ones, other facts, another table. */
  function take(news) {
    const what = { curves: false, longer: false, facts: false, table: news.table !== undefined };
    const gone = new Set(news.gone);
    if (news.all || gone.size) {
      all.runs = all.runs.filter((r) => !news.all && !gone.has(r.id));
      what.curves = what.facts = true;
    }
    news.runs.forEach((one) => {
      let run = all.runs.find((r) => r.id === one.id);
      if (!run) {
        run = { id: one.id };
        all.runs.push(run);
        what.curves = true;
      }
      if (one.path !== undefined) run.path = one.path;
      if (one.state !== undefined) Object.assign(run, { state: one.state, changed: one.changed });
      if (one.facts) {
        Object.assign(run, one.facts);
        what.facts = true;
      }
      if (one.records) {
        Object.assign(run, one.records);
        what.curves = true;
      }
      if (one.more) {
        append(run, one.more);
        what.longer = true;
      }
    });
    if (news.table) all.table = news.table;
    all.now = news.now;
    return what;
  }
  function show(news) {
    version = news.version;
    board = news.board;
    const what = take(news);
    if (what.table || what.curves) drawTable();
    drawAges();
    if (what.facts) drawFacts();
    if (what.curves) redraw(true);
    else if (what.longer) extend();
    status.textContent = "live, as of " + new Date().toLocaleTimeString("en-GB");
    status.className = "status";
  }
  async function ask() {
    let news = null;
    try {
      const answer = await fetch("news?board=" + board + "&version=" + version);
      if (answer.ok) news = await answer.json();
    } catch (fault) {
      // Nobody answers, or was cut off.
    }
    failures = news ? 0 : failures + 1;
    setTimeout(ask, pause * Math.min(2 ** Math.max(0, failures - 3), 16));
    if (news) return show(news);
    if (failures < 2) return;
    status.textContent = "no answer any more: the program has ended, or cannot be reached. What " +
      "it said last stays here.";
    status.className = "status lost";
  }
  ask();
})();
