// Painting the mask with pointer or keys, and setting what is drawn: placing, class, seed. All stays in the browser.

let tool = 'brush';
let last = null;
let first = null;

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
  const cells = cellsOf(bitsOf());
  clearPaint();
  const pen = penOf(paint);
  cells.forEach((drawn, at) => {
    if (!drawn) pen.fillRect((at % grid()) * patch, Math.floor(at / grid()) * patch, patch, patch);
  });
  drawMask();
});

// Three ways to begin: a hole in the middle, a border around, another class in the middle. Only the last sets the class.
function start(kind) {
  clearPaint();
  place(kind === 'border' ? Math.round(0.62 * grid()) : grid());
  const pen = penOf(paint);
  if (kind === 'fill') pen.fillRect(5 * patch, 5 * patch, side - 10 * patch, side - 10 * patch);
  if (kind === 'other') {
    pen.beginPath();
    pen.ellipse(side / 2, side / 2, side * 0.36, side * 0.36, 0, 0, 2 * Math.PI);
    pen.fill();
    const own = setup.classes.findIndex(([id]) => String(id) === input.class.value);
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
