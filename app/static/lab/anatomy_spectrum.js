// The frequencies that each scale changes: one line a scale in a chart, and the same as a table.

const SVG = 'http://www.w3.org/2000/svg';
const SPECTRA_AT_ONCE = 2;

const lines = scalePicker(part('lines'), (scale) => chooseScale(scale));

function draw(tag, facts = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

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
    // Cut short by another record: to be asked for again once this one is back.
    if (rows.length < record.sides.length) below.spectra.get(record).delete(picture);
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
