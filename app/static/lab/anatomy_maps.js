// The tensors of one scale and the eight maps that show them.

const MAPS = ['ids', 'codes', 'upsampled', 'contribution', 'before', 'after', 'picture', 'next'];
const STAGE_OF = [1, 2, 3, 4, 5, 5, 6, 7]; // the stage at which each map appears
const MADE_OF = [[], [], ['ids'], ['codes'], ['upsampled'], ['contribution'], ['after'], ['after']]; // by stage
const MORPH_MS = 900;

const stepsOf = new WeakMap(); // record → answers by picture and scale

// The step of a scale, asked for once.
function stepOf(record, picture, scale) {
  let known = stepsOf.get(record);
  if (!known) stepsOf.set(record, (known = new Map()));
  const key = `${picture} ${scale}`;
  if (!known.has(key)) {
    const values = { past: pastOf(record, picture), scale };
    const asked = ask('anatomy_step', values, { latest: false, model: record.model }).then(readStep);
    asked.catch(() => known.delete(key));
    known.set(key, asked);
  }
  return known.get(key);
}

function readStep(answer) {
  const step = { ...answer };
  for (const name of ['codes', 'upsampled', 'contribution', 'before', 'axes', 'next']) {
    step[name] = answer[name] && unpack(answer[name], Float32Array);
  }
  step.after = step.before.map((value, at) => value + step.contribution[at]); // the model's own sum, in float32 too
  const length = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const whole = length(step.upsampled);
  step.changed = whole ? length(step.contribution.map((value, at) => value - step.upsampled[at])) / whole : 0;
  return step;
}

// Where one cell lies in the range of the colouring, { channel, gain }: 0 … 1 with zero in the middle, beyond it
// unclipped; along three directions, or in one channel.
function placesOf(step, values, cells, at, { channel, gain }) {
  if (channel !== null) return [0.5 + gain * values[channel * cells + at] / (2 * step.range)];
  const places = [0, 0, 0];
  for (let each = 0; each < step.channels; each += 1) {
    const value = values[each * cells + at];
    for (let axis = 0; axis < 3; axis += 1) places[axis] += value * step.axes[axis * step.channels + each];
  }
  return places.map((place) => 0.5 + gain * place / (2 * step.reach));
}

// The colour of one cell: red, green and blue for three directions, viridis for one channel.
function tintOf(step, values, cells, at, colouring) {
  const places = placesOf(step, values, cells, at, colouring).map((place) => Math.min(Math.max(place, 0), 1));
  return places.length === 1 ? viridis(places[0]) : places.map((place) => 255 * place);
}

function paint(canvas, step, values, side, colouring) {
  [canvas.width, canvas.height] = [side, side];
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    image.data.set([...tintOf(step, values, side * side, at, colouring), 255], 4 * at);
  }
  pen.putImageData(image, 0, 0);
}

// (C, from, from) → (C, to, to) without interpolation, for the moment before a map is stretched.
function repeated(values, channels, from, to) {
  const grown = new Float32Array(channels * to * to);
  const place = (at) => Math.floor((at + 0.5) * from / to);
  for (let channel = 0, at = 0; channel < channels; channel += 1) {
    for (let row = 0; row < to; row += 1) for (let col = 0; col < to; col += 1, at += 1) {
      grown[at] = values[(channel * from + place(row)) * from + place(col)];
    }
  }
  return grown;
}

// What a map grows out of when it appears; null for those that only appear.
function originOf(step, name, side, last) {
  if (name === 'upsampled') return repeated(step.codes, step.channels, side, last);
  if (name === 'contribution') return step.upsampled;
  return name === 'after' ? step.before : null;
}

const figures = MAPS.map((name, order) => {
  const sign = make('span', { className: 'sign', 'aria-hidden': 'true' });
  const outline = make('span', { className: 'outline' });
  const dot = make('span', { className: 'dot' });
  const canvas = make('canvas', { className: name === 'picture' ? '' : 'cells', role: 'img' });
  const grid = make('div', { className: 'tokens', role: 'grid', hidden: name !== 'ids' });
  canvas.hidden = name === 'ids';
  const frame = make('div', { className: 'frame' }, canvas, grid, outline, dot);
  const title = make('span', { className: 'name' });
  const shape = make('span', { className: 'shape' });
  const node = make('figure', { className: 'map' }, sign, frame, make('figcaption', {}, title, ' ', shape));
  node.dataset.map = name;
  return { name, order, node, sign, frame, canvas, grid, outline, dot, title, shape };
});
const figureOf = (name) => figures[MAPS.indexOf(name)];

// Lays the cells of the token map; its one stop for the Tab key is the chosen cell.
function layTokens(grid, side) {
  if (grid.childElementCount === side) return;
  grid.style.setProperty('--side', side);
  grid.dataset.many = side > 8 ? 'most' : side > 5 ? 'many' : 'few';
  grid.replaceChildren(...Array.from({ length: side }, () => make('div', { role: 'row' },
    ...Array.from({ length: side }, () =>
      make('span', { role: 'gridcell', tabIndex: -1, 'aria-selected': 'false' })))));
}

// Relative luminance of an sRGB colour, 0 … 1, near enough to choose black or white on it.
const luminance = ([red, green, blue]) =>
  0.2126 * (red / 255) ** 2.2 + 0.7152 * (green / 255) ** 2.2 + 0.0722 * (blue / 255) ** 2.2;

function fillTokens(grid, step, ids, side, colouring) {
  grid.querySelectorAll('[role=gridcell]').forEach((cell, at) => {
    const tint = tintOf(step, step.codes, side * side, at, colouring);
    cell.style.background = `rgb(${tint.map(Math.round).join(' ')})`;
    cell.style.color = luminance(tint) > 0.18 ? '#000' : '#fff'; // where black and white contrast alike
    cell.textContent = String(ids[at]);
    cell.setAttribute('aria-label', fill(words().cell, {
      row: Math.floor(at / side) + 1, column: (at % side) + 1, id: ids[at],
    }));
  });
}

// The middle of a token's part of the picture, as a cell of the grid on which all scales meet.
function dotOf(index, side, last) {
  const place = (at) => Math.floor((at + 0.5) * last / side);
  return place(Math.floor(index / side)) * last + place(index % side);
}

// Outlines the same part of the picture in every map, and marks the cell whose numbers are shown.
function outline(index, side, last) {
  const [row, col] = [Math.floor(index / side), index % side];
  const dot = dotOf(index, side, last);
  for (const figure of figures) {
    figure.outline.style.cssText =
      `left:${100 * col / side}%;top:${100 * row / side}%;width:${100 / side}%;height:${100 / side}%`;
    const marked = ['upsampled', 'contribution', 'before', 'after'].includes(figure.name);
    figure.dot.hidden = !marked;
    if (marked) figure.dot.style.cssText =
      `left:${100 * ((dot % last) + 0.5) / last}%;top:${100 * (Math.floor(dot / last) + 0.5) / last}%`;
  }
}
