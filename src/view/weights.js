"use strict";
(() => {
  const all = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");
  const state = { scale: "unit", sort: "none", zoom: 4 };
  const short = (v) => Number.isFinite(v) ? String(+v.toPrecision(4)) : "no number";
  document.title = all.title;

  function numbersOf(text) {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; ++i) bytes[i] = letters.charCodeAt(i);
    const view = new DataView(bytes.buffer);
    const numbers = new Float32Array(bytes.length / 4);
    for (let i = 0; i < numbers.length; ++i) numbers[i] = view.getFloat32(4 * i, true);
    return numbers;
  }

  // Of some numbers the largest size, the length, the least and the most; others than numbers are
  // left out.
  function measured(values) {
    const found = { size: 0, square: 0, least: Infinity, most: -Infinity, others: 0 };
    for (let i = 0; i < values.length; ++i) {
      const v = values[i];
      if (!Number.isFinite(v)) {
        ++found.others;
        continue;
      }
      found.size = Math.max(found.size, Math.abs(v));
      found.square += v * v;
      found.least = Math.min(found.least, v);
      found.most = Math.max(found.most, v);
    }
    return found;
  }

  function makeLayer(layer) {
    layer.data = numbersOf(layer.values);
    delete layer.values;
    layer.pixels = layer.rows * layer.columns * layer.channels;
    layer.units = layer.images / layer.together;
    layer.image = (i) => layer.data.subarray(i * layer.pixels, (i + 1) * layer.pixels);
    const unit = layer.together * layer.pixels;
    layer.ofUnit = Array.from({ length: layer.units },
      (_, u) => measured(layer.data.subarray(u * unit, (u + 1) * unit)));
    layer.size = Math.max(...layer.ofUnit.map((m) => m.size), 0);
    layer.byLength = layer.ofUnit.map((m, u) => [m.square, u])
      .sort((a, b) => b[0] - a[0] || a[1] - b[1]).map((pair) => pair[1]);
  }

  // Units with several channels have a row each; others stand beside each other.
  function draw(layer) {
    const order = state.sort === "norm" ? layer.byLength : layer.ofUnit.map((_, u) => u);
    const wide = layer.columns + 1, high = layer.rows + 1;
    const room = Math.max(1, Math.floor(page.clientWidth / (wide * state.zoom)));
    const across = layer.together > 1 ? layer.together
      : Math.min(layer.units, room);
    const down = Math.ceil(layer.images / across);
    const canvas = layer.canvas;
    canvas.width = across * wide + 1;
    canvas.height = down * high + 1;
    canvas.style.width = canvas.width * state.zoom + "px";
    canvas.style.height = canvas.height * state.zoom + "px";
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    layer.places = [];
    const picture = context.createImageData(layer.columns, layer.rows);
    for (let place = 0; place < layer.images; ++place) {
      const unit = order[Math.floor(place / layer.together)];
      const channel = place % layer.together;
      const i = unit * layer.together + channel;
      layer.places.push([unit, channel]);
      const size = state.scale === "none" ? 1 : state.scale === "layer" ? layer.size :
        state.scale === "unit" ? layer.ofUnit[unit].size : measured(layer.image(i)).size;
      const values = layer.image(i), pixels = picture.data;
      const grey = layer.channels === 1;
      for (let at = 0; at < pixels.length; at += 4) {
        let known = true;
        for (let c = 0; c < 3; ++c) {
          const v = values[grey ? at / 4 : at / 4 * 3 + c];
          known = known && Number.isFinite(v);
          pixels[at + c] = Math.round(
            127.5 * (1 + Math.max(-1, Math.min(1, size > 0 ? v / size : 0))));
        }
        if (!known) pixels[at] = 203, pixels[at + 1] = 222, pixels[at + 2] = 240;
        pixels[at + 3] = 255;
      }
      context.putImageData(picture, 1 + (place % across) * wide,
        1 + Math.floor(place / across) * high);
    }
    layer.across = across;
  }

  function point(layer, event) {
    const column = Math.floor(event.offsetX / state.zoom / (layer.columns + 1));
    const row = Math.floor(event.offsetY / state.zoom / (layer.rows + 1));
    const found = column < layer.across ? layer.places[row * layer.across + column] : undefined;
    if (!found) return;
    const [unit, channel] = found;
    const m = measured(layer.image(unit * layer.together + channel));
    layer.told.textContent = "unit " + unit + (layer.together > 1 ? ", channel " + channel : "") +
      ": from " + short(m.least) + " to " + short(m.most) + ", length " +
      short(Math.sqrt(m.square)) + (layer.together > 1 ? "; the unit's " +
      short(Math.sqrt(layer.ofUnit[unit].square)) : "");
  }

  const header = add(page, "header");
  add(header, "h1", all.title);
  addTheme(header, () => {});
  const controls = add(page, "p", undefined, "controls");
  function choice(label, key, values, number) {
    const box = add(controls, "label", label + " ");
    const select = add(box, "select");
    select.id = key;
    values.forEach(([value, text]) => {
      const option = add(select, "option", text);
      option.value = value;
      option.selected = String(state[key]) === String(value);
    });
    select.onchange = () => {
      state[key] = number ? Number(select.value) : select.value;
      drawShown();
    };
  }
  const which = all.layers.length > 1 && add(add(controls, "label", "layer "), "select");
  if (which) {
    which.id = "layer";
    add(which, "option", "all").value = "all";
    all.layers.forEach((layer, i) => { add(which, "option", layer.name).value = i; });
  }
  choice("white is the largest of", "scale", [["image", "each image"], ["unit", "each unit"],
    ["layer", "the layer"], ["none", "1"]]);
  choice("order", "sort", [["none", "as they are"], ["norm", "the longest first"]]);
  choice("zoom", "zoom", [1, 2, 3, 4, 6, 8, 12, 16].map((z) => [z, z + " x"]), true);
  add(controls, "span", "grey is zero" + (which ? "; n and p: the next layer, the one before" : ""));

  all.layers.forEach((layer) => {
    makeLayer(layer);
    layer.section = add(page, "section");
    add(layer.section, "h2", layer.name);
    const sort = layer.channels === 3 ? "in colour" : layer.together > 1 ?
      "of " + layer.together + " channels, a row a unit" : "in grey";
    const others = layer.ofUnit.reduce((n, m) => n + m.others, 0);
    add(layer.section, "p", layer.units + (layer.units === 1 ? " unit, " : " units, ") +
      layer.rows + " x " + layer.columns + ", " + sort + (others > 0 ? "; " + others +
      " weights are NaN or infinite: light blue" : ""), "status");
    layer.told = add(layer.section, "p", "the numbers of an image appear below the pointer",
      "status");
    layer.canvas = add(add(layer.section, "div", undefined, "scroll"), "canvas");
    layer.canvas.style.imageRendering = "pixelated";
    layer.canvas.style.background = "var(--soft)";  // between images, also white and black ones
    layer.canvas.onmousemove = (event) => point(layer, event);
  });
  function drawShown() {
    all.layers.forEach((layer, i) => {
      const shown = !which || which.value === "all" || which.value === String(i);
      layer.section.hidden = !shown;
      if (shown) draw(layer);
    });
  }
  if (which) {
    which.onchange = drawShown;
    document.onkeydown = (event) => {
      const step = { n: 1, p: -1 }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      const count = which.options.length;
      which.selectedIndex = (which.selectedIndex + step + count) % count;
      drawShown();
    };
  }
  onresize = drawShown;
  drawShown();
  add(page, "p", "Written by " + all.program + ".").style.color = "var(--soft)";
})();
