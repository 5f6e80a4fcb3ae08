"use strict";
(() => {
  const all = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");
  const root = document.documentElement;

  // Text of files comes into the page as text alone.
  function add(to, tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    to.appendChild(made);
    return made;
  }
  function escaped(text) {
    const made = document.createElement("span");
    made.textContent = text;
    return made.innerHTML;
  }
  const short = (v) => typeof v !== "number" ? String(v) : String(+v.toPrecision(5));
  const several = all.runs.length > 1;
  const dark = () => root.dataset.theme === "dark";
  // Black is not seen on a dark page.
  const colour = (i) => {
    const c = all.palette[i % all.palette.length];
    return dark() && c === "#000000" ? "#e4e8ee" : c;
  };
  const dashes = [null, [8, 5], [2, 4], [10, 4, 2, 4], [16, 6]];

  // Names of runs without what all of them have.
  const names = all.runs.map((r) => r.path);
  const stems = names.map((n) => n.replace(/^.*\//, "").replace(/\.[^.]*$/, ""));
  const labels = new Set(stems).size === stems.length ? stems : names;

  const state = { x: "epochs", log: false, pattern: "" };
  const axes = { epochs: "epochs", examples: "examples", batches: "batches",
    seconds: "time trained (s)" };

  function curvesOf(chart) {
    const curves = [];
    all.runs.forEach((run, r) => {
      run.channels.filter((c) => c.chart === chart).forEach((c) => {
        curves.push({ run, r, channel: c });
      });
    });
    const channels = [...new Set(curves.map((c) => c.channel.name))];
    curves.forEach((c, i) => {
      const k = channels.indexOf(c.channel.name);
      c.label = several ? labels[c.r] + ": " + c.channel.name : c.channel.name;
      c.colour = several ? c.r : k;
      c.dashes = several ? k : Math.floor(i / all.palette.length);
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

  const open = [];
  function draw(box, chart) {
    const curves = curvesOf(chart);
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
    const few = rows.length <= 30;
    const series = {};
    // Two curves may have one name.
    const keys = curves.map((c, i) => c.label + "\u200b".repeat(i));
    curves.forEach((c, i) => {
      series[keys[i]] = { color: colour(c.colour), strokeWidth: 2,
        strokePattern: dashes[c.dashes % dashes.length] };
    });
    open.push(new Dygraph(plot, rows, {
      labels: ["x", ...keys], series, logscale: state.log, connectSeparatedPoints: true,
      drawPoints: few, pointSize: 3, xRangePad: 8, legend: "always", labelsDiv: legend, xlabel: axes[state.x],
      gridLineColor: getComputedStyle(root).getPropertyValue("--grid"),
      axisLineColor: getComputedStyle(root).getPropertyValue("--soft"),
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
    }));
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

  function redraw() {
    open.splice(0).forEach((g) => g.destroy());
    charts.replaceChildren();
    const { shown, all: every } = chartsOf();
    shown.slice(0, 60).forEach((name) => draw(add(charts, "section", undefined, "chart"), name));
    count.textContent = shown.length + " of " + every.length + " charts";
  }

  // ------------------------------------------------------------------- what stands on the page
  const header = add(page, "header");
  add(header, "h1", several ? all.runs.length + " runs" : names[0]);
  const theme = add(header, "button");
  root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const called = () => { theme.textContent = dark() ? "light page" : "dark page"; };
  called();
  theme.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    called();
    redraw();
  };

  add(page, "h2", several ? "Runs, and what differs between their jobs" : "The run");
  const table = add(add(page, "div", undefined, "scroll"), "table");
  const head = add(table, "tr");
  add(head, "th", "run");
  all.table.short.forEach((k, i) => { add(head, "th", k).title = all.table.keys[i]; });
  ["epochs", "seconds"].forEach((k) => add(head, "th", k, "number"));
  all.table.channels.forEach((c) => {
    add(head, "th", "best " + c, "number");
    add(head, "th", "at epoch", "number");
    add(head, "th", "last", "number");
  });
  all.table.rows.forEach((row, place) => {
    const line = add(table, "tr");
    add(line, "td", row.path);
    row.settings.forEach((s) => add(line, "td", s === "" ? "–" : s));
    add(line, "td", row.epochs, "number");
    add(line, "td", short(row.seconds), "number");
    row.scores.forEach((s, i) => {
      const values = s || ["–", "–", "–"];
      values.forEach((v, k) =>
        add(line, "td", short(v), "number" + (place === 0 && i === 0 && k === 0 ? " best" : "")));
    });
  });

  add(page, "h2", "Curves");
  const controls = add(page, "div", undefined, "controls");
  const axis = add(add(controls, "label", "to the right "), "select");
  Object.keys(axes).forEach((k) => { add(axis, "option", axes[k]).value = k; });
  axis.onchange = () => { state.x = axis.value; redraw(); };
  const logLabel = add(controls, "label");
  const log = add(logLabel, "input");
  log.type = "checkbox";
  logLabel.append(" logarithmic");
  log.onchange = () => { state.log = log.checked; redraw(); };
  const pattern = add(add(controls, "label", "channels with "), "input");
  pattern.placeholder = "objectives and errors";
  pattern.oninput = () => { state.pattern = pattern.value; redraw(); };
  const count = add(controls, "span");
  add(controls, "span", "drag to zoom, double-click to see all");
  const charts = add(page, "div", undefined, "charts");
  redraw();

  function facts(to, title, values) {
    const entries = Object.entries(values);
    if (!entries.length) return;
    add(to, "h3", title);
    const list = add(add(to, "div", undefined, "scroll"), "table");
    entries.forEach(([k, v]) => {
      const line = add(list, "tr");
      add(line, "th", k);
      add(line, "td", v).style.whiteSpace = "normal";
    });
  }
  add(page, "h2", several ? "Each run" : "Job, data, environment");
  all.runs.forEach((run) => {
    const box = several ? add(page, "details") : page;
    if (several) add(box, "summary", run.path);
    run.filters.forEach((f) => {
      const figure = add(box, "figure");
      const image = add(figure, "img");
      image.src = "data:image/png;base64," + f.png;
      image.alt = f.name;
      add(figure, "figcaption", f.name + ": " + f.what);
    });
    add(box, "h3", "Job");
    add(box, "pre", run.job || "not in the file");
    facts(box, "Data", run.data);
    facts(box, "Environment", Object.assign({ precision: run.floatX, "number of parameters":
      run.parameters, "written by": "ansatz " + run.version }, run.environment));
    facts(box, "Variables", run.variables);
  });
  add(page, "p", "Written by " + all.program + "; curves by dygraphs (MIT licence).").style.color =
    "var(--soft)";
})();
