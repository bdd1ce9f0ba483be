// How numbers of a token are said, and what the maps show.

// A share 0 … 1 as a percentage with about three digits.
function percent(share) {
  const value = 100 * share;
  if (value === 0) return '0 %';
  if (value < 0.001) return '<0.001 %';
  const digits = value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return `${value.toFixed(digits)} %`;
}

// The same for narrow columns: two digits after the point.
function percentShort(share) {
  const value = 100 * share;
  if (value === 0) return '0 %';
  return value < 0.005 ? '<0.01 %' : `${value.toFixed(value >= 10 ? 1 : 2)} %`;
}

// The maps that a record holds: name in the record → range fixed over all scales, what is coloured, how it is said.
// Units are in the measures' names. `place` says where on the range a value lies; ranks span a whole codebook, so their
// range is logarithmic.
function measureOf(name, record, picture) {
  const scales = record.sides.map((side, scale) => column(picture, name, scale));
  const known = scales.filter(Boolean);
  const most = known.length ? extent(known)[1] : 1;
  const size = record.codebook_size;
  const same = (value) => value;
  return {
    entropy: { low: 0, high: Math.log(size), place: same, digits: 2 },
    probability: { low: 0, high: 1, place: same, digits: 2 },
    rank: { low: 0, high: Math.log(size), place: Math.log1p, digits: 0 },
    divergence: { low: 0, high: most, place: same, digits: 2 },
    change: { low: 0, high: most, place: same, digits: 2 },
  }[name];
}

const MEASURES = ['entropy', 'probability', 'rank', 'divergence', 'change'];
// Statistics describe what was drawn; where a cell was given, these are not numbers of its id.
const OF_THE_DRAW = ['probability', 'filtered', 'rank'];

// Side by side² pixels, one a cell, from a function index → [r, g, b] or null for none.
function cellsOn(canvas, side, colourAt) {
  [canvas.width, canvas.height] = [side, side];
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    const colour = colourAt(at);
    if (colour) image.data.set([...colour, 255], 4 * at);
  }
  pen.putImageData(image, 0, 0);
}

// Lays a box over the cells {left, top, right, bottom} of a map of side `side`.
function boxOver(box, { left, top, right, bottom }, side) {
  const share = (cells) => `${(100 * cells) / side}%`;
  Object.assign(box.style, {
    left: share(left), top: share(top), width: share(right - left), height: share(bottom - top),
  });
}
