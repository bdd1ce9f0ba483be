// Drawing: maps of numbers in viridis with their legends, and pictures cut out of a record's sheets.

// Viridis (van der Walt & Smith 2015), perceptually uniform, at 9 places.
const VIRIDIS = [
  [68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121],
  [109, 205, 89], [253, 231, 37],
];

function viridis(share) {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[low].map((from, index) => Math.round(from + (VIRIDIS[low + 1][index] - from) * (place - low)));
}

// side² values → pixels of a canvas, one each; the style sheet enlarges it without smoothing.
function heat(canvas, values, side, low, high) {
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    const colour = viridis(high > low ? (values[at] - low) / (high - low) : 0);
    image.data.set([...colour, 255], 4 * at);
  }
  pen.putImageData(image, 0, 0);
}

// A legend for heat(): a ramp with the numbers at its ends.
function legend(box, low, high, unit = '', digits = 2) {
  const ramp = document.createElement('span');
  ramp.className = 'ramp';
  const stops = VIRIDIS.map((colour) => `rgb(${colour.join(' ')})`).join(', ');
  ramp.style.background = `linear-gradient(90deg, ${stops})`;
  const text = (value) => {
    const span = document.createElement('span');
    span.textContent = `${Number(value).toFixed(digits)}${unit && ` ${unit}`}`;
    return span;
  };
  box.className = 'legend';
  box.replaceChildren(text(low), ramp, text(high));
}

const extent = (arrays) => {
  let [low, high] = [Infinity, -Infinity];
  for (const array of arrays) for (const value of array) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high >= low ? [low, high] : [0, 1];
};

const pictures = new Map(); // decoded pictures by source

async function pictureOf(source) {
  let picture = pictures.get(source);
  if (!picture) {
    picture = new Image();
    picture.src = source;
    await picture.decode();
    if (pictures.size > 120) pictures.delete(pictures.keys().next().value);
    pictures.set(source, picture);
  }
  return picture;
}

// Draws one picture of a sheet that has `columns` side by side; resolves when it is on the canvas.
async function drawCut(canvas, source, index, columns, count = index + 1) {
  const sheet = await pictureOf(source);
  const rows = Math.max(1, Math.ceil(count / columns));
  const [width, height] = [sheet.naturalWidth / columns, sheet.naturalHeight / rows];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
  canvas.getContext('2d').drawImage(sheet, left, top, width, height, 0, 0, width, height);
}

// What the record's frame of a scale shows of one picture.
const drawFrame = (canvas, record, scale, index) =>
  drawCut(canvas, record.frames[scale], index, record.columns, record.pictures.length);
