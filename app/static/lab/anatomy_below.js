// Below the step: what each scale adds, costs, and changes in frequency.

const SVG = 'http://www.w3.org/2000/svg';
const SPECTRA_AT_ONCE = 2;
const below = {
  differences: new WeakMap(), costs: new Map(), spectra: new WeakMap(), costSeen: false, spectrumSeen: false,
};

function drawBelow() {
  for (const name of ['changes', 'costs', 'spectrum']) part(name).hidden = false;
  drawNorms();
  drawDifference();
  if (below.costSeen) drawCosts();
  if (below.spectrumSeen) drawSpectrum();
}

function draw(tag, facts = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Answers by picture of a record, each asked for once; a failure may be asked again.
function once(cache, record, key, begin) {
  if (!cache.has(record)) cache.set(record, new Map());
  const known = cache.get(record);
  if (!known.has(key)) {
    const asked = begin();
    asked.catch(() => known.delete(key));
    known.set(key, asked);
  }
  return known.get(key);
}

// --- what each scale adds ---------------------------------------------------------------------------------------

function drawNorms() {
  const [{ record, selection }, say, box] = [lab, words(), part('norms')];
  const picture = record.pictures[selection.picture];
  const last = record.sides[record.sides.length - 1];
  const maps = record.sides.map((_, scale) => column(picture, 'change', scale));
  const [, high] = extent(maps);
  if (box.childElementCount !== maps.length) {
    box.replaceChildren(...maps.map((_, scale) => make('button', { type: 'button', onclick: () => chooseScale(scale) },
      make('span', { className: 'frame' },
        make('canvas', { className: 'cells' }), make('span', { className: 'outline' })),
      make('span', { className: 'shape' }))));
  }
  maps.forEach((values, scale) => {
    const button = box.children[scale];
    const strength = picture.strength[scale].toFixed(3);
    heat(button.querySelector('canvas'), values, last, 0, high);
    button.setAttribute('aria-pressed', String(scale === selection.scale));
    button.setAttribute('aria-label', fill(say.change_map, { scale: scale + 1, side: record.sides[scale], strength }));
    button.title = button.getAttribute('aria-label');
    const side = make('b', { textContent: `${record.sides[scale]}×${record.sides[scale]}` });
    button.lastChild.replaceChildren(side, ` ${strength}`);
  });
  legend(part('change-legend'), 0, high);
  outlineNorms();
}

function outlineNorms() {
  const { record, selection } = lab;
  const side = record.sides[selection.scale];
  const [row, col] = [Math.floor(selection.index / side), selection.index % side];
  const place = `left:${100 * col / side}%;top:${100 * row / side}%;width:${100 / side}%;height:${100 / side}%`;
  part('norms').querySelectorAll('.outline').forEach((node) => { node.style.cssText = place; });
}

// The decoded difference: shown if it was asked for, else the button that asks.
async function drawDifference(wanted = false) {
  const [{ record, selection }, say] = [lab, words()];
  const { picture, scale } = selection;
  const key = `${picture} ${scale}`;
  const known = below.differences.get(record)?.has(key);
  const smooth = Boolean(record.options.smooth);
  part('decode').parentElement.hidden = smooth || Boolean(known && !wanted);
  part('decode').textContent = fill(say.change_ask, { scale: scale + 1 });
  part('change-note').textContent = fill(say.change_note, { scale: scale + 1 });
  part('change-note').hidden = smooth;
  complain(part('change-complaint'), null);
  if (smooth || (!known && !wanted)) {
    part('difference').hidden = true;
    part('change-said').textContent = '';
    return;
  }
  part('decode').disabled = true;
  if (wanted) part('decode').textContent = say.change_asking;
  try {
    const found = await once(below.differences, record, key, () => ask('anatomy_change',
      { past: pastOf(record, picture, scale + 1), scale }, { latest: false, model: record.model }));
    if (record !== lab.record || key !== `${lab.selection.picture} ${lab.selection.scale}`) return;
    showDifference(found);
    part('decode').parentElement.hidden = true;
  } catch (error) {
    complain(part('change-complaint'), error);
    part('decode').textContent = fill(say.change_ask, { scale: scale + 1 });
  } finally {
    part('decode').disabled = false;
  }
}

function showDifference(found) {
  const say = words();
  part('difference').hidden = false;
  part('difference').replaceChildren(...['without', 'with', 'change'].map((name, at) => make('figure', {},
    make('img', { src: found[name], alt: say.change_pictures[at] }),
    make('figcaption', { textContent: say.change_pictures[at] }))));
  part('change-said').textContent = fill(say.change_said, {
    rms: found.rms.toFixed(1), largest: found.largest.toFixed(0), span: Math.round(255 * found.span),
    clipped: (100 * found.clipped).toFixed(1),
  });
}

part('decode').addEventListener('click', () => drawDifference(true));

const headOf = (names) => make('thead', {}, make('tr', {},
  ...names.map((name) => make('th', { scope: 'col', textContent: name }))));

// --- cost -------------------------------------------------------------------------------------------------------

function rounded(value) {
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1];
  return `${at && value < 100 ? value.toFixed(value < 10 ? 2 : 1) : Math.round(value)} ${units[at]}`.trim();
}

async function drawCosts() {
  const { record } = lab;
  const guided = record.options.guidance > 0;
  const key = `${record.model} ${guided}`;
  if (!below.costs.has(key)) {
    const asked = ask('anatomy_cost', { guided }, { latest: false, model: record.model });
    asked.catch(() => below.costs.delete(key));
    below.costs.set(key, asked);
  }
  try {
    const cost = await below.costs.get(key);
    if (record === lab.record) showCosts(cost, guided);
    complain(part('cost-complaint'), null);
  } catch (error) {
    complain(part('cost-complaint'), error);
  }
}

function showCosts(cost, guided) {
  const [{ record, selection }, say] = [lab, words()];
  const total = (values) => values.reduce((sum, each) => sum + each, 0);
  const columns = [
    { values: cost.tokens, text: String, sum: total(cost.tokens), apart: null },
    { values: cost.flops, text: rounded, sum: total(cost.flops), apart: cost.decoder_flops },
    { values: record.ms, text: (value) => `${Math.round(value)} ms`, sum: total(record.ms), apart: cost.decoder_ms },
    {
      values: cost.cache_bytes, text: (value) => `${rounded(value)}B`, sum: Math.max(...cost.cache_bytes), apart: null,
    },
  ];
  const tops = columns.map(({ values, apart }) => Math.max(...values, apart || 0));
  const cell = (text, share) => {
    const node = make('td', {}, make('span', { textContent: text }));
    if (share !== null) {
      const bar = make('i', { 'aria-hidden': 'true' });
      bar.style.width = `${100 * share}%`;
      node.append(bar);
    }
    return node;
  };
  const row = (name, cells, facts = {}) => make('tr', facts, make('th', { scope: 'row', textContent: name }), ...cells);
  part('cost').replaceChildren(
    headOf(say.cost_columns),
    make('tbody', {}, ...record.sides.map((side, scale) => row(`${side}×${side}`,
      columns.map(({ values, text }, at) => cell(text(values[scale]), values[scale] / tops[at])),
      { className: scale === selection.scale ? 'now' : '' }))),
    make('tfoot', {}, row(say.cost_total, columns.map(({ sum, text }) => cell(text(sum), null))),
      row(say.cost_decoder, columns.map(({ apart, text }, at) =>
        (apart === null ? cell('–', null) : cell(text(apart), apart / tops[at]))), { className: 'apart' })),
  );
  part('cost-said').textContent = fill(say.cost_said, {
    decoder: rounded(cost.decoder_flops), share: (100 * cost.decoder_flops / total(cost.flops)).toFixed(0),
  });
  const count = record.pictures.length;
  part('cost-note').textContent = fill(say.cost_note, {
    branches: say.branches[guided ? 1 : 0], bytes: cost.element_bytes,
    count: count === 1 ? say.one_picture : fill(say.many_pictures, { count }),
  });
}

// --- spectrum ---------------------------------------------------------------------------------------------------

const lines = scalePicker(part('lines'), (scale) => chooseScale(scale));

// The spectra of all scales, a few at a time; `tell` hears of those that are there.
async function spectraOf(record, picture, tell) {
  const rows = [];
  const count = record.sides.length;
  while (rows.length < count && record === lab.record) {
    const first = rows.length;
    const stop = Math.min(first + SPECTRA_AT_ONCE, count);
    const values = { past: pastOf(record, picture, stop), first, count: stop - first };
    const found = await ask('anatomy_spectrum', values, { latest: false, model: record.model });
    found.energy.forEach((energy, at) => rows.push({
      frequencies: found.frequencies, energy: unpack(energy, Float32Array), low: found.low[at],
      median: found.median[at], high: found.high[at], decibels: unpack(found.decibels[at], Float32Array),
    }));
    tell(rows);
  }
  return rows;
}

const overlapOf = (one, other) => one.energy.reduce((sum, value, at) => sum + Math.min(value, other.energy[at]), 0);

async function drawSpectrum() {
  const [{ record, selection }, say] = [lab, words()];
  const { picture } = selection;
  part('spectrum').hidden = Boolean(record.options.smooth);
  if (record.options.smooth) return;
  lines.lay(record.sides);
  lines.set(selection.scale);
  [...part('lines').children].forEach((button, scale) => {
    button.style.setProperty('--line', lineColour(scale, record.sides.length));
  });
  const due = () => record === lab.record && picture === lab.selection.picture;
  const tell = (rows) => {
    if (!due()) return;
    const missing = rows.length < record.sides.length;
    part('spectrum-waiting').textContent = missing
      ? fill(say.spectrum_waiting, { done: rows.length, of: record.sides.length }) : '';
    showSpectrum(rows);
  };
  try {
    complain(part('spectrum-complaint'), null);
    if (!below.spectra.get(record)?.has(picture)) {
      part('chart').replaceChildren();
      part('spectrum-waiting').textContent = fill(say.spectrum_waiting, { done: 0, of: record.sides.length });
    }
    const rows = await once(below.spectra, record, picture, () => spectraOf(record, picture, tell));
    if (due()) tell(rows);
  } catch (error) {
    if (due()) complain(part('spectrum-complaint'), error);
  }
}

// Coarse scales dark, fine ones bright; the end of the palette that would vanish in the page is left out.
function lineColour(scale, count) {
  const from = document.body.classList.contains('dark') ? 0.3 : 0.05;
  return `rgb(${viridis(from + 0.7 * scale / Math.max(count - 1, 1)).join(' ')})`;
}

const CHART = { width: 640, height: 300, left: 44, right: 12, top: 10, bottom: 24 };

function showSpectrum(rows) {
  const [{ record, selection }, say] = [lab, words()];
  const { width, height, left, right, top, bottom } = CHART;
  const { frequencies } = rows[0];
  const [low, high] = extent(rows.map((row) => row.decibels.map((value) => Math.max(value, -80))));
  const [floor, ceiling] = [10 * Math.floor(low / 10), 10 * Math.ceil(high / 10)];
  const most = Math.log2(frequencies[frequencies.length - 1]);
  const x = (frequency) => left + (width - left - right) * Math.log2(frequency) / most;
  const y = (value) => top + (height - top - bottom) * (ceiling - Math.max(value, floor)) / (ceiling - floor || 1);
  const chart = draw('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': say.spectrum_alt });
  const text = (words_, at, facts) => {
    const node = draw('text', { x: at[0], y: at[1], ...facts });
    node.textContent = words_;
    return node;
  };
  for (let value = floor; value <= ceiling; value += 20) chart.append(
    draw('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    text(String(value).replace('-', '−'), [left - 6, y(value) + 4], { 'text-anchor': 'end' }));
  for (let power = 0; power <= most; power += 1) chart.append(
    draw('line', { class: 'grid', x1: x(2 ** power), x2: x(2 ** power), y1: top, y2: height - bottom }),
    text(String(2 ** power), [x(2 ** power), height - bottom + 16], { 'text-anchor': 'middle' }));
  const now = rows[selection.scale];
  if (now && now.high > 0) chart.append(draw('rect', {
    class: 'band', x: x(now.low), width: Math.max(x(now.high) - x(now.low), 2), y: top, height: height - top - bottom,
  }));
  const last = (scale) => Number(scale === selection.scale); // over all others
  for (const scale of [...rows.keys()].sort((one, other) => last(one) - last(other))) chart.append(draw('polyline', {
    class: scale === selection.scale ? 'line now' : 'line', 'data-scale': scale,
    stroke: lineColour(scale, record.sides.length),
    points: frequencies.map((each, at) => `${x(each).toFixed(1)},${y(rows[scale].decibels[at]).toFixed(1)}`).join(' '),
  }));
  part('chart').replaceChildren(make('span', { className: 'quiet', textContent: say.spectrum_y }), chart,
    make('span', { className: 'quiet under', textContent: say.spectrum_x }));
  saySpectrum(rows);
}

function saySpectrum(rows) {
  const [{ record, selection: { scale } }, say] = [lab, words()];
  const now = rows[scale];
  const overlap = (other) => (100 * overlapOf(now, rows[other])).toFixed(0);
  const said = [];
  if (now) {
    said.push(fill(now.high > 0 ? say.spectrum_said : say.spectrum_none, {
      scale: scale + 1, side: record.sides[scale], low: now.low, median: now.median, high: now.high,
    }));
    if (now.high > 0 && scale > 0) said.push(fill(say.spectrum_before, { overlap: overlap(scale - 1), other: scale }));
    if (now.high > 0 && rows[scale + 1]) {
      said.push(fill(say.spectrum_after, { overlap: overlap(scale + 1), other: scale + 2 }));
    }
  }
  part('spectrum-said').textContent = said.join(say.language === 'zh' ? '' : ' ');
  part('spectrum-note').textContent = say.spectrum_note;
  part('spectrum-table').replaceChildren(
    headOf(say.spectrum_columns),
    make('tbody', {}, ...rows.map((row, at) => make('tr', {},
      make('th', { scope: 'row', textContent: `${record.sides[at]}×${record.sides[at]}` }),
      ...[row.low, row.median, row.high].map((value) => make('td', { textContent: String(value) })),
      make('td', { textContent: at ? `${(100 * overlapOf(row, rows[at - 1])).toFixed(0)} %` : '–' })))),
  );
}

// Costs and spectra are asked for when they come into sight.
const belowSeen = new IntersectionObserver((entries) => entries.forEach((entry) => {
  if (!entry.isIntersecting || !lab.record) return;
  if (entry.target === part('costs') && !below.costSeen) {
    below.costSeen = true;
    drawCosts();
  } else if (entry.target === part('spectrum') && !below.spectrumSeen) {
    below.spectrumSeen = true;
    drawSpectrum();
  }
}));
for (const name of ['costs', 'spectrum']) belowSeen.observe(part(name));
