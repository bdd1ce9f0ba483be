// Choosing a token: the pointer looks, a click holds; arrow keys walk over the mosaic, and along the reel of scales.

const reel = part('reel');
const panels = Object.fromEntries(['picture', 'mosaic', 'map'].map((name) => [name, part(name)]));
const canvasOf = (name) => panels[name].querySelector('canvas');
const boxOf = (node) => node.querySelector('.inspect-box');

function hold(scale, index) {
  looked = null;
  lab.select({ scale, index });
  drawToken();
}

const toScale = (scale) => {
  if (scale < 0 || scale >= record().sides.length) return;
  hold(scale, cellUnder(sideOf(lab.selection.scale), lab.selection.index, sideOf(scale)));
};

function cellAt(panel, event) {
  const area = panel.getBoundingClientRect();
  const side = sideOf(lab.selection.scale);
  const cell = (from, to, value) => Math.min(side - 1, Math.max(0, Math.floor(((value - from) / to) * side)));
  return cell(area.top, area.height, event.clientY) * side + cell(area.left, area.width, event.clientX);
}

for (const panel of Object.values(panels)) {
  panel.addEventListener('pointermove', (event) => {
    if (!record() || event.pointerType === 'touch') return;
    const index = cellAt(panel, event);
    if (looked?.index === index) return;
    looked = { scale: lab.selection.scale, index };
    drawToken();
  });
  panel.addEventListener('pointerleave', () => {
    if (!looked) return;
    looked = null;
    drawToken();
  });
  panel.addEventListener('click', (event) => record() && hold(lab.selection.scale, cellAt(panel, event)));
}

panels.mosaic.addEventListener('keydown', (event) => {
  if (!record() || event.altKey || event.ctrlKey || event.metaKey) return;
  const { scale, index } = lab.selection;
  const side = sideOf(scale);
  const [row, place] = [Math.floor(index / side), index % side];
  const to = {
    ArrowLeft: [row, place - 1], ArrowRight: [row, place + 1], ArrowUp: [row - 1, place], ArrowDown: [row + 1, place],
    Home: [row, 0], End: [row, side - 1],
  }[event.key];
  if (event.key === 'PageUp') toScale(scale - 1);
  else if (event.key === 'PageDown') toScale(scale + 1);
  else if (!to) return;
  else if (Math.min(...to) >= 0 && Math.max(...to) < side) hold(scale, to[0] * side + to[1]);
  event.preventDefault();
});

reel.addEventListener('keydown', (event) => {
  if (!record()) return;
  const last = record().sides.length - 1;
  const now = lab.selection.scale;
  const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  toScale(to);
  reel.children[lab.selection.scale].focus();
});
