// The mask: what of the canvas is drawn again, in pixels, in cells of the finest grid, and in those of coarser ones.

const paint = canvasOf(256); // what is painted, in its alpha
const inputs = ['size', 'shrink', 'across', 'down', 'guidance', 'seed', 'class'];
const input = Object.fromEntries(inputs.map((name) => [name, part(name)]));
let cursor = { row: 0, column: 0 };

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

// The same on a coarser grid: kept where the bilinear mix of kept cells is above one half; the first always is. Many
// mixes are one half but for their rounding, so it is done in float32, place by place as the library does it.
function coarseOf(cells, coarse) {
  const fine = grid();
  const round = Math.fround;
  const mixOf = (one, two, share) => round(round(round(1 - share) * one) + round(share * two));
  const at = (index) => {
    const place = Math.max(0, round(round(fine / coarse) * (index + 0.5) - 0.5));
    const low = Math.min(Math.floor(place), fine - 1);
    return [low, Math.min(low + 1, fine - 1), round(place - low)];
  };
  return Uint8Array.from({ length: coarse * coarse }, (_, index) => {
    if (coarse === 1) return 0;
    const [top, bottom, y] = at(Math.floor(index / coarse));
    const [left, right, x] = at(index % coarse);
    const kept = (row, column) => 1 - cells[row * fine + column];
    const mix = mixOf(mixOf(kept(top, left), kept(top, right), x), mixOf(kept(bottom, left), kept(bottom, right), x), y);
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
    pen.fillStyle = tint;
    pen.fillRect(x, y, patch, patch);
    pen.globalAlpha = 1;
    const open = (row, column) => row < 0 || column < 0 || row >= grid() || column >= grid() || !cells[row * grid() + column];
    const [row, column] = [Math.floor(at / grid()), at % grid()];
    // Dark beside light is seen on any picture.
    for (const [colour, inset] of [['#fff', 1], ['#000', 0]]) {
      pen.fillStyle = colour;
      if (open(row - 1, column)) pen.fillRect(x, y + inset, patch, 1);
      if (open(row + 1, column)) pen.fillRect(x, y + patch - 1 - inset, patch, 1);
      if (open(row, column - 1)) pen.fillRect(x + inset, y, 1, patch);
      if (open(row, column + 1)) pen.fillRect(x + patch - 1 - inset, y, 1, patch);
    }
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
