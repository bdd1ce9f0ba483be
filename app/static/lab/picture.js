// Your picture. A square `base` (side × side pixels) goes through the tokenizer alone; below, `base` is placed on a
// canvas, a mask is painted over it, and what the mask touches is drawn again. Scrubbing, painting, feathering and the
// switches stay in the browser; the server is asked for tokens only.

const MOST_BYTES = 20_000_000;
const READABLE = /^image\/(png|jpeg|webp|gif|bmp|avif)$/;
const MOST_LEFT = 64; // levels at the bright end of the map of what is left; fixed, so that pictures can be compared
const MOST_PSNR = 36; // dB of a full bar
const PACE = 350; // ms a scale in play

let setup = null;
let model = '';
let side = 256;
let patch = 16;
let base = null; // canvas
let baseClass = null;
let sample = -1;
let rebuild = { mark: 0, frames: [], psnr: [], left: [], mean: [], state: 'empty' };
let rebuildScale = 0;
let leftLevels = null; // what is left at the scale shown, one number a pixel
let edit = null; // the run on show: { mark, frames, facts, record, source, cells, values, state }
let pending = null; // the edit that was asked for, until it answers
let marks = 0; // a number for each wish, which comes back with what answers to it
let editScale = 0;
let view = 'pasted';
let tool = 'brush';
let cursor = { row: 0, column: 0 };
let playing = null;

const canvasOf = (width, height = width) => Object.assign(document.createElement('canvas'), { width, height });
const penOf = (canvas) => canvas.getContext('2d', { willReadFrequently: true });
const paint = canvasOf(256); // what is painted, in its alpha
const inputs = ['size', 'shrink', 'across', 'down', 'guidance', 'seed', 'class'];
const input = Object.fromEntries(inputs.map((name) => [name, part(name)]));
const grid = () => side / patch;

// --- the picture -----------------------------------------------------------------------------------------------

// The centre square of whatever can be drawn, on white, halved step by step so that nothing flickers.
function cut(picture, width, height) {
  let size = Math.min(width, height);
  let from = canvasOf(Math.min(size, 4096));
  const pen = penOf(from);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, from.width, from.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, (width - size) / 2, (height - size) / 2, size, size, 0, 0, from.width, from.height);
  for (size = from.width; size >= 2 * side; size = from.width) from = scaled(from, Math.round(size / 2));
  return scaled(from, side);
}

function scaled(from, size) {
  const to = canvasOf(size);
  const pen = penOf(to);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(from, 0, 0, size, size);
  return to;
}

async function take(file) {
  complain(part('complaint'), null);
  if (!file || !setup) return;
  if (file.size > MOST_BYTES) return complain(part('complaint'), words().too_large);
  try {
    if (READABLE.test(file.type)) {
      try {
        const picture = await createImageBitmap(file);
        const square = cut(picture, picture.width, picture.height);
        picture.close();
        return begin(square, null, -1);
      } catch (error) { /* what the browser cannot read, the server may, or says why not */ }
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    const answer = await ask('picture_prepare', { picture: btoa(text) }, { latest: false, model });
    const picture = await pictureOf(answer.picture);
    begin(cut(picture, picture.naturalWidth, picture.naturalHeight), null, -1);
  } catch (error) {
    complain(part('complaint'), error);
  }
}

// A new picture under everything; it is rebuilt at once.
function begin(square, classId, index) {
  base = square;
  baseClass = classId;
  sample = index;
  edit = pending = null;
  for (const name of ['outcome', 'spread', 'stop']) part(name).hidden = true;
  part('state').textContent = '';
  start('fill');
  markSamples();
  askRebuild();
}

function askRebuild() {
  stopPlay();
  rebuild = { mark: (marks += 1), frames: [], psnr: [], left: [], mean: [], state: 'asked' };
  rebuildScale = 0;
  leftLevels = null;
  show('reconstruct', { picture: base.toDataURL('image/png'), mark: rebuild.mark }, model);
  drawRebuild();
}

async function takeSample(index, quiet) {
  try {
    const answer = await ask('picture_example', { index }, { latest: false, model });
    const picture = await pictureOf(answer.picture);
    const button = part('samples').children[index];
    button.replaceChildren(Object.assign(new Image(), { src: answer.picture, alt: '' }));
    button.onclick = () => begin(cut(picture, picture.naturalWidth, picture.naturalHeight), answer.class_id, index);
    if (!quiet) button.onclick();
  } catch (error) {
    complain(part('complaint'), error);
  }
}

function markSamples() {
  [...part('samples').children].forEach((button, index) => {
    button.setAttribute('aria-pressed', String(index === sample));
    button.setAttribute('aria-label', fill(words().sample, { number: index + 1 }));
  });
}

async function prepareView() {
  model = lab.record?.model || '';
  try {
    setup = await ask('picture_setup', {}, { latest: false, model });
  } catch (error) {
    return complain(part('complaint'), error);
  }
  side = setup.side;
  patch = side / setup.sides[setup.sides.length - 1];
  for (const canvas of [paint, part('mask'), part('source'), part('original')]) canvas.width = canvas.height = side;
  cursor = { row: grid() >> 1, column: grid() >> 1 };
  input.size.max = side / 4;
  input.size.value = Math.round(side / 9);
  input.shrink.min = Math.ceil(0.4 * grid());
  input.shrink.max = grid();
  input.guidance.max = setup.most_guidance;
  input.guidance.value = setup.guidance;
  edit = null;
  bars.lay(setup.sides);
  [...part('bars').children].forEach((button, scale) => {
    button.dataset.side = setup.sides[scale];
    if (!button.querySelector('i')) button.append(make('i'), make('small'));
  });
  steps.lay(setup.sides);
  part('coarse').replaceChildren(...setup.sides.map((each) => make('span', {}, canvasOf(each), `${each}×${each}`)));
  part('samples').replaceChildren(...Array.from({ length: setup.examples }, () => make('button', { type: 'button' })));
  legend(part('left-legend'), 0, MOST_LEFT, '', 0);
  sayAll();
  await takeSample(0, false);
  for (let index = 1; index < setup.examples; index += 1) await takeSample(index, true);
}

// --- rebuilt ---------------------------------------------------------------------------------------------------

const bars = scalePicker(part('bars'), (scale) => { stopPlay(); showScale(scale); });

function showScale(scale) {
  rebuildScale = Math.min(Math.max(scale, 0), Math.max(rebuild.frames.length - 1, 0));
  drawRebuild();
}

function drawRebuild() {
  if (!setup || !base) return;
  const scale = rebuildScale;
  penOf(part('original')).drawImage(base, 0, 0);
  bars.set(scale);
  [...part('bars').children].forEach((button, index) => {
    const psnr = rebuild.psnr[index];
    const known = psnr !== undefined;
    button.disabled = !known;
    button.style.setProperty('--share', known ? Math.min(psnr / MOST_PSNR, 1) : 0);
    button.querySelector('small').textContent = known ? psnr.toFixed(1) : '–';
    button.setAttribute('aria-label', fill(words().bar, { side: setup.sides[index], psnr: known ? psnr.toFixed(1) : '–' }));
  });
  const facts = {
    scale: scale + 1, total: setup.sides.length, side: setup.sides[scale],
    psnr: rebuild.psnr[scale]?.toFixed(1), mean: rebuild.mean[scale]?.toFixed(1),
  };
  const known = rebuild.psnr[scale] !== undefined;
  const [rebuiltText, leftText] = known ? [fill(words().rebuilt, facts), fill(words().left, facts)] : [words().busy, ''];
  part('rebuilt-line').textContent = rebuiltText || '';
  part('left-line').textContent = leftText;
  part('rebuilt').setAttribute('aria-label', rebuiltText || '');
  part('left').setAttribute('aria-label', leftText);
  const finished = rebuild.psnr.length === setup.sides.length;
  if (finished) part('lab').dataset.rebuilt = rebuild.mark;
  part('verdict').textContent = finished
    ? fill(words().verdict, {
      first: rebuild.psnr[0].toFixed(1), last: rebuild.psnr.at(-1).toFixed(1), half: rebuild.psnr[5]?.toFixed(1),
      side: setup.sides[5],
    }) : '';
  if (!known) {
    for (const name of ['rebuilt', 'left']) penOf(part(name)).clearRect(0, 0, side, side);
    return;
  }
  const run = rebuild.mark;
  Promise.all([rebuild.frames[scale].src, rebuild.left[scale]].map(pictureOf)).then(([made, picture]) => {
    if (run !== rebuild.mark || scale !== rebuildScale) return;
    const canvas = part('rebuilt');
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    penOf(canvas).drawImage(made, 0, 0);
    canvas.dataset.scale = scale + 1;
    const room = canvasOf(side);
    penOf(room).drawImage(picture, 0, 0);
    const grey = penOf(room).getImageData(0, 0, side, side).data;
    leftLevels = Uint8Array.from({ length: side * side }, (_, at) => grey[4 * at]);
    heat(part('left'), leftLevels, side, 0, MOST_LEFT);
  });
}

function stopPlay() {
  clearInterval(playing);
  playing = null;
  part('play').textContent = words().play || '';
}

part('play').addEventListener('click', () => {
  if (playing) return stopPlay();
  let scale = rebuildScale >= rebuild.frames.length - 1 ? 0 : rebuildScale;
  showScale(scale);
  part('play').textContent = words().pause;
  playing = setInterval(() => {
    scale += 1;
    if (scale >= rebuild.frames.length || !element.isConnected) return stopPlay();
    showScale(scale);
  }, PACE);
});

for (const name of ['original', 'rebuilt', 'left']) {
  part(name).addEventListener('pointermove', (event) => {
    const at = placeOf(event, part(name));
    if (!leftLevels || !at) return;
    part('left-line').textContent = fill(words().here, { x: at.x, y: at.y, level: leftLevels[at.y * side + at.x] });
  });
  part(name).addEventListener('pointerleave', drawRebuild);
}

function placeOf(event, canvas) {
  const room = canvas.getBoundingClientRect();
  const [x, y] = [(event.clientX - room.left) / room.width, (event.clientY - room.top) / room.height];
  const within = (share) => Math.min(Math.max(Math.floor(share * side), 0), side - 1);
  return { x: within(x), y: within(y) };
}

// --- the mask --------------------------------------------------------------------------------------------------

// Where the picture lies on its canvas, in pixels: always whole cells, for a cell cut in two is lost.
function placement() {
  const [size, left, top] = ['shrink', 'across', 'down'].map((name) => Number(input[name].value) * patch);
  return { size, left: Math.min(left, side - size), top: Math.min(top, side - size) };
}

function place(cells) {
  input.shrink.value = cells;
  for (const name of ['across', 'down']) {
    input[name].max = grid();
    input[name].value = (grid() - cells) >> 1;
  }
}

// The picture as it is sent: shrunk into the canvas, over a blur of itself (the model reads the whole canvas).
function drawSource() {
  const { size, left, top } = placement();
  const pen = penOf(part('source'));
  pen.imageSmoothingQuality = 'high';
  if (size < side) pen.drawImage(scaled(base, 6), 0, 0, side, side);
  pen.drawImage(size < side ? scaled(base, size) : base, left, top);
}

// One byte a pixel, 1 = draw again: what is painted and what lies outside the picture.
function bitsOf() {
  const alpha = penOf(paint).getImageData(0, 0, side, side).data;
  const { size, left, top } = placement();
  const bits = new Uint8Array(side * side);
  for (let y = 0, at = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1, at += 1) {
      const outside = x < left || y < top || x >= left + size || y >= top + size;
      bits[at] = Number(outside || alpha[4 * at + 3] > 127);
    }
  }
  return bits;
}

// Cells of the finest grid that are drawn again: those with any such pixel.
function cellsOf(bits) {
  const cells = new Uint8Array(grid() ** 2);
  for (let at = 0; at < bits.length; at += 1) {
    if (bits[at]) cells[Math.floor(Math.floor(at / side) / patch) * grid() + Math.floor((at % side) / patch)] = 1;
  }
  return cells;
}

// The same on a coarser grid: kept where the bilinear mix of kept cells is above one half; the first always is.
function coarseOf(cells, coarse) {
  const fine = grid();
  const at = (index) => {
    const place = Math.max(0, ((index + 0.5) * fine) / coarse - 0.5);
    const low = Math.min(Math.floor(place), fine - 1);
    return [low, Math.min(low + 1, fine - 1), place - low];
  };
  return Uint8Array.from({ length: coarse * coarse }, (_, index) => {
    if (coarse === 1) return 0;
    const [top, bottom, y] = at(Math.floor(index / coarse));
    const [left, right, x] = at(index % coarse);
    const kept = (row, column) => 1 - cells[row * fine + column];
    const mix = (1 - y) * ((1 - x) * kept(top, left) + x * kept(top, right))
      + y * ((1 - x) * kept(bottom, left) + x * kept(bottom, right));
    return Number(!(mix > 0.5));
  });
}

const accent = () => getComputedStyle(part('lab')).getPropertyValue('--accent').trim() || '#b8411c';

function drawMask(box = null) {
  if (!base) return;
  const [bits, pen] = [bitsOf(), penOf(part('mask'))];
  const cells = cellsOf(bits);
  pen.clearRect(0, 0, side, side);
  const veil = pen.createImageData(side, side);
  const veiled = new Uint32Array(veil.data.buffer);
  for (let at = 0; at < bits.length; at += 1) if (bits[at]) veiled[at] = 0x78ffffff;
  pen.putImageData(veil, 0, 0);
  const tint = accent();
  pen.fillStyle = tint;
  for (let at = 0; at < cells.length; at += 1) {
    const [x, y] = [(at % grid()) * patch, Math.floor(at / grid()) * patch];
    if (!cells[at]) continue;
    pen.globalAlpha = 0.38;
    pen.fillRect(x, y, patch, patch);
    pen.globalAlpha = 0.8;
    const open = (row, column) => row < 0 || column < 0 || row >= grid() || column >= grid() || !cells[row * grid() + column];
    const [row, column] = [Math.floor(at / grid()), at % grid()];
    if (open(row - 1, column)) pen.fillRect(x, y, patch, 1);
    if (open(row + 1, column)) pen.fillRect(x, y + patch - 1, patch, 1);
    if (open(row, column - 1)) pen.fillRect(x, y, 1, patch);
    if (open(row, column + 1)) pen.fillRect(x + patch - 1, y, 1, patch);
  }
  pen.globalAlpha = 1;
  if (box) {
    pen.strokeStyle = tint;
    pen.strokeRect(box.x + 0.5, box.y + 0.5, box.width, box.height);
  }
  if (document.activeElement === part('mask')) {
    const [x, y] = [cursor.column * patch, cursor.row * patch];
    for (const [colour, inset] of [['#000', 0.5], ['#fff', 1.5]]) {
      pen.strokeStyle = colour;
      pen.strokeRect(x + inset, y + inset, patch - 2 * inset, patch - 2 * inset);
    }
  }
  const count = cells.reduce((sum, cell) => sum + cell, 0);
  part('mask').dataset.cells = count;
  part('mask-line').textContent = fill(words().mask_line, { count, all: cells.length });
  part('draw').disabled = !count || rebuild.state === 'working' || rebuild.state === 'waiting';
  [...part('coarse').children].forEach((node, scale) => {
    const canvas = node.firstChild;
    const coarse = coarseOf(cells, setup.sides[scale]);
    const brush = penOf(canvas);
    brush.clearRect(0, 0, canvas.width, canvas.height);
    brush.fillStyle = tint;
    coarse.forEach((cell, at) => {
      if (cell) brush.fillRect(at % canvas.width, Math.floor(at / canvas.width), 1, 1);
    });
    canvas.dataset.drawn = coarse.join('');
  });
  return { bits, cells };
}

const clearPaint = () => penOf(paint).clearRect(0, 0, side, side);

function paintBox(x, y, width, height) {
  const pen = penOf(paint);
  pen.globalCompositeOperation = tool === 'eraser' ? 'destination-out' : 'source-over';
  pen.fillRect(x, y, width, height);
  pen.globalCompositeOperation = 'source-over';
}

function stroke(from, to) {
  const pen = penOf(paint);
  pen.globalCompositeOperation = tool === 'eraser' ? 'destination-out' : 'source-over';
  pen.lineCap = 'round';
  pen.lineWidth = Number(input.size.value);
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x + 0.01, to.y);
  pen.stroke();
  pen.globalCompositeOperation = 'source-over';
}

let last = null;
let first = null;
part('mask').addEventListener('pointerdown', (event) => {
  if (!base || event.button) return;
  part('mask').setPointerCapture(event.pointerId);
  first = last = placeOf(event, part('mask'));
  if (tool !== 'box') stroke(last, last);
  drawMask();
});
part('mask').addEventListener('pointermove', (event) => {
  if (!last) return;
  const moves = event.getCoalescedEvents?.().map((each) => placeOf(each, part('mask'))) || [];
  for (const to of moves.length ? moves : [placeOf(event, part('mask'))]) {
    if (tool !== 'box') stroke(last, to);
    last = to;
  }
  drawMask(tool === 'box' ? boxOf() : null);
});
for (const end of ['pointerup', 'pointercancel']) {
  part('mask').addEventListener(end, () => {
    if (last && tool === 'box' && end === 'pointerup') {
      const box = boxOf();
      paintBox(box.x, box.y, box.width, box.height);
    }
    first = last = null;
    drawMask();
  });
}
const boxOf = () => ({
  x: Math.min(first.x, last.x), y: Math.min(first.y, last.y),
  width: Math.abs(first.x - last.x) + 1, height: Math.abs(first.y - last.y) + 1,
});

part('mask').addEventListener('keydown', (event) => {
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!base || (!move && event.key !== ' ' && event.key !== 'Enter')) return;
  event.preventDefault();
  const within = (value) => Math.min(Math.max(value, 0), grid() - 1);
  if (move) cursor = { row: within(cursor.row + move[0]), column: within(cursor.column + move[1]) };
  const at = cursor.row * grid() + cursor.column;
  if (!move) {
    const pen = penOf(paint);
    const box = [cursor.column * patch, cursor.row * patch, patch, patch];
    if (cellsOf(bitsOf())[at]) pen.clearRect(...box);
    else pen.fillRect(...box);
  }
  const { cells } = drawMask();
  part('spoken').textContent = fill(cells[at] ? words().cell_drawn : words().cell_kept, {
    row: cursor.row + 1, column: cursor.column + 1,
  });
});
for (const name of ['focus', 'blur']) part('mask').addEventListener(name, () => drawMask());

element.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => {
  tool = button.dataset.tool;
  element.querySelectorAll('[data-tool]').forEach((each) => each.setAttribute('aria-pressed', String(each === button)));
}));
part('clear').addEventListener('click', () => { clearPaint(); drawMask(); });
part('invert').addEventListener('click', () => {
  const pen = penOf(paint);
  pen.globalCompositeOperation = 'source-out';
  pen.fillRect(0, 0, side, side);
  pen.globalCompositeOperation = 'source-over';
  drawMask();
});

// Three ways to begin: a hole in the middle, a border around, another class in the middle.
function start(kind) {
  clearPaint();
  place(kind === 'border' ? Math.round(0.62 * grid()) : grid());
  const pen = penOf(paint);
  const known = setup.classes.some(([id]) => id === baseClass);
  input.class.value = known ? baseClass : 'none';
  if (kind === 'fill') pen.fillRect(5 * patch, 5 * patch, side - 10 * patch, side - 10 * patch);
  if (kind === 'other') {
    pen.beginPath();
    pen.ellipse(side / 2, side / 2, side * 0.36, side * 0.36, 0, 0, 2 * Math.PI);
    pen.fill();
    const own = setup.classes.findIndex(([id]) => id === baseClass);
    input.class.value = setup.classes[(own + 1) % setup.classes.length][0];
  }
  refreshEdit();
}
element.querySelectorAll('[data-start]').forEach((button) => button.addEventListener('click', () => {
  if (base) start(button.dataset.start);
}));

function refreshEdit() {
  if (!setup || !base) return;
  const room = grid() - Number(input.shrink.value);
  const shrunk = room > 0;
  for (const name of ['across', 'down']) input[name].max = room;
  element.querySelectorAll('[data-placed]').forEach((node) => { node.hidden = !shrunk; });
  element.querySelectorAll('[data-guided]').forEach((node) => { node.hidden = input.class.value === 'none'; });
  const units = { size: ' px', shrink: `/${grid()}`, across: '', down: '', guidance: '' };
  for (const [name, unit] of Object.entries(units)) {
    input[name].parentElement.querySelector('output').textContent = `${Number(input[name].value)}${unit}`;
  }
  drawSource();
  drawMask();
}
for (const name of inputs) input[name].addEventListener('input', refreshEdit);
part('dice').addEventListener('click', () => {
  input.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
});

// --- drawn again -----------------------------------------------------------------------------------------------

function packedBits(bits) {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => { if (bit) bytes[at >> 3] |= 128 >> (at & 7); });
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

part('draw').addEventListener('click', () => {
  if (!base || part('draw').disabled) return;
  complain(part('complaint'), null);
  const seed = Math.min(Math.max(Math.round(Number(input.seed.value) || 0), 0), 4294967295);
  input.seed.value = seed;
  const { bits, cells } = drawMask();
  const source = canvasOf(side);
  penOf(source).drawImage(part('source'), 0, 0);
  const classId = input.class.value === 'none' ? null : Number(input.class.value);
  const values = {
    picture: source.toDataURL('image/png'), mask: packedBits(bits), class_id: classId, seed,
    guidance: classId === null ? 0 : Number(input.guidance.value),
  };
  pending = { mark: (marks += 1), source, cells, values, frames: [], facts: {} };
  show('edit', { ...values, mark: pending.mark }, model);
});
part('stop').addEventListener('click', stopShow);

const steps = scalePicker(part('steps'), (scale) => {
  if (!edit || !edit.frames.length) return;
  editScale = Math.min(scale, edit.frames.length - 1);
  drawEdit();
});

// How much of the model's pixels is taken, 0 … 1 a pixel: all in redrawn cells, none from `feather` pixels on.
const feather = () => patch / 2;
function alphaOf(cells) {
  const reach = feather() / 2;
  let values = new Float32Array(side * side);
  for (let at = 0; at < values.length; at += 1) {
    values[at] = cells[Math.floor(Math.floor(at / side) / patch) * grid() + Math.floor((at % side) / patch)];
  }
  const pass = (from, step, across, mix) => { // along rows (step 1) or columns (step side)
    const to = new Float32Array(from.length);
    for (let line = 0; line < side; line += 1) {
      for (let place = 0; place < side; place += 1) {
        let value = 0;
        for (let near = place - reach; near <= place + reach; near += 1) {
          const held = from[line * across + Math.min(Math.max(near, 0), side - 1) * step];
          value = mix ? value + held / (2 * reach + 1) : Math.max(value, held);
        }
        to[line * across + place * step] = value;
      }
    }
    return to;
  };
  for (const mix of [false, true]) values = pass(pass(values, 1, side, mix), side, 1, mix);
  return values;
}

async function drawEdit() {
  const run = edit;
  part('outcome').hidden = !run || !run.frames.length;
  if (!run || !run.frames.length) return;
  const [scale, shown] = [editScale, view];
  const final = scale === setup.sides.length - 1 && run.facts.picture;
  const picture = await pictureOf(final ? run.facts.picture : run.frames[scale].src);
  if (run !== edit || scale !== editScale || shown !== view) return;
  const canvas = part('result');
  if (canvas.width !== side || canvas.height !== side) [canvas.width, canvas.height] = [side, side];
  const pen = penOf(canvas);
  pen.drawImage(picture, 0, 0);
  if (view === 'pasted') {
    run.alpha ||= alphaOf(run.cells);
    const made = pen.getImageData(0, 0, side, side);
    const own = penOf(run.source).getImageData(0, 0, side, side).data;
    for (let at = 0; at < own.length; at += 1) {
      const share = Math.min(run.alpha[at >> 2], 1);
      made.data[at] = Math.round(share * made.data[at] + (1 - share) * own[at]);
    }
    pen.putImageData(made, 0, 0);
  }
  canvas.dataset.scale = scale + 1;
  canvas.dataset.view = view;
  steps.set(scale);
  const each = setup.sides[scale];
  const text = fill(words().result, {
    scale: scale + 1, total: setup.sides.length, side: each, redrawn: run.facts.redrawn[scale], tokens: each * each,
  });
  part('result-line').textContent = text;
  canvas.setAttribute('aria-label', text);
  part('view-line').textContent = fill(view === 'pasted' ? words().pasted_note : words().raw_note, { feather: feather() });
  part('after').hidden = run.state !== 'finished';
}

element.querySelectorAll('[data-view]').forEach((button) => button.addEventListener('click', () => {
  view = button.dataset.view;
  element.querySelectorAll('[data-view]').forEach((each) => each.setAttribute('aria-pressed', String(each === button)));
  drawEdit();
}));
part('save').addEventListener('click', () => part('result').toBlob((blob) => {
  const url = URL.createObjectURL(blob);
  make('a', { href: url, download: `var-edit-seed-${edit.values.seed}-${view}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}, 'image/png'));
part('onward').addEventListener('click', () => {
  const square = canvasOf(side);
  penOf(square).drawImage(part('result'), 0, 0);
  begin(square, edit.values.class_id, -1);
});
part('table').addEventListener('click', () => {
  lab.put(edit.record);
  part('tabled').textContent = words().tabled;
});

// --- what it did to the rest -----------------------------------------------------------------------------------

async function askSpread(run) {
  try {
    const { picture, mask } = run.values;
    const found = await ask('picture_spread', { picture, mask, past: pastOf(run.record, 0) }, { latest: false, model });
    if (run !== edit) return;
    run.spread = { ...found, change: unpack(found.change, Float32Array), reach: unpack(found.reach, Uint8Array) };
    drawSpread();
  } catch (error) {
    complain(part('complaint'), error);
  }
}

function drawSpread() {
  const [found, cells] = [edit?.spread, edit?.cells];
  part('spread').hidden = !found;
  if (!found) return;
  const side = grid();
  const drawn = [...cells.keys()].filter((at) => cells[at]);
  const groups = { inside: [], near: [], far: [] };
  found.change.forEach((change, at) => {
    const away = Math.min(...drawn.map((to) => Math.max(
      Math.abs(Math.floor(to / side) - Math.floor(at / side)), Math.abs((to % side) - (at % side)))));
    if (away === 0) groups.inside.push(change);
    else if (away === 1) groups.near.push(change);
    else if (away >= 4) groups.far.push(change);
  });
  const percent = (list) =>
    `${((100 * list.reduce((sum, value) => sum + value, 0)) / list.length / found.source).toFixed(1)} %`;
  const outside = cells.length - drawn.length;
  const reached = found.reach.reduce((sum, bit, at) => sum + Number(bit && !cells[at]), 0);
  const top = Math.max(...found.change) / found.source;
  heat(part('change'), found.change.map((change) => change / found.source), side, 0, top);
  legend(part('change-legend'), 0, 100 * top, '%', 0);
  part('change').setAttribute('aria-label', words().change_alt || '');
  const facts = {
    kept: found.kept, equal: found.equal, drawn: found.total - found.kept, total: found.total, reached, outside,
    inside: percent(groups.inside), near: percent(groups.near), far: percent(groups.far),
    beyond: found.beyond.toExponential(0),
  };
  part('kept-line').textContent = fill(words().kept_line, facts);
  const sentences = [words().spread_line];
  if (groups.near.length) sentences.push(words().spread_near);
  if (groups.far.length) sentences.push(words().spread_far);
  if (outside) sentences.push(words().spread_why);
  if (reached < outside) sentences.push(words().spread_beyond);
  part('spread-line').textContent = sentences.map((each) => fill(each, facts)).join(words().language === 'zh' ? '' : ' ');
}

// --- what arrives ----------------------------------------------------------------------------------------------

function receive() {
  const value = props.value;
  if (!value || !setup) return;
  const { mark } = value.asked;
  if (value.kind === 'reconstruct') {
    if (mark !== rebuild.mark) return;
    const before = rebuild.psnr.length;
    const { psnr = [], left = [], mean = [] } = value.facts;
    rebuild = { mark, psnr, left, mean, frames: value.frames.slice(0, psnr.length), state: value.state };
    if (psnr.length > before) rebuildScale = psnr.length - 1;
    drawRebuild();
    drawMask();
    return;
  }
  if (pending && mark === pending.mark) {
    [edit, pending] = [pending, null];
    part('tabled').textContent = '';
    drawSpread();
  }
  if (!edit || mark !== edit.mark) return;
  const more = value.frames.length > edit.frames.length;
  const finished = value.state === 'finished' && edit.state !== 'finished';
  Object.assign(edit, { frames: value.frames, facts: value.facts, state: value.state, record: value.record });
  if (more) editScale = value.frames.length - 1;
  sayState(value);
  drawEdit();
  if (finished && edit.record) askSpread(edit);
  // The one took the other's place in line; now there is time for it.
  if (finished && rebuild.psnr.length < setup.sides.length) askRebuild();
}

function sayState(value) {
  const busy = value.state === 'working' || value.state === 'waiting';
  part('stop').hidden = !busy;
  part('state').textContent = fill(words()[`state_${value.state}`], { ahead: value.ahead });
}

// --- words, files, start ---------------------------------------------------------------------------------------

function sayAll() {
  if (!setup) return;
  const chosen = input.class.value;
  input.class.replaceChildren(
    make('option', { value: 'none', textContent: words().nothing }),
    ...setup.classes.map(([id, english, chinese]) =>
      make('option', { value: id, textContent: words().language === 'zh' ? chinese : english })),
  );
  input.class.value = chosen || 'none';
  const large = setup.large.map((each) => fill(words().large, each)).join(words().language === 'zh' ? '；' : '; ');
  part('honest').textContent = fill(words().honest, { large });
  part('original').setAttribute('aria-label', words().original || '');
  part('play').textContent = (playing ? words().pause : words().play) || '';
  markSamples();
  if (!base) return;
  drawRebuild();
  refreshEdit();
  drawEdit();
  drawSpread();
  if (edit) sayState({ state: edit.state, ahead: 0 });
}

part('file').addEventListener('change', (event) => {
  take(event.target.files[0]);
  event.target.value = '';
});
const zone = part('lab');
zone.addEventListener('dragover', (event) => {
  event.preventDefault();
  part('drop').dataset.over = 'yes';
});
zone.addEventListener('dragleave', () => { part('drop').dataset.over = 'no'; });
zone.addEventListener('drop', (event) => {
  event.preventDefault();
  part('drop').dataset.over = 'no';
  take(event.dataTransfer.files[0]);
});
document.addEventListener('paste', function pasted(event) {
  if (!element.isConnected) return document.removeEventListener('paste', pasted);
  const file = [...(event.clipboardData?.files || [])].find((each) => each.type.startsWith('image/'));
  if (file && element.offsetParent) take(file);
});

watch('value', receive);
follow((what) => {
  if (what === 'words') sayAll();
  const other = what === 'record' && setup && lab.record && lab.record.model !== (model || setup.name);
  if (other) prepareView();
});
prepareView();
