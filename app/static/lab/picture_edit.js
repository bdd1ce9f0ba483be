// Drawn again: sends picture and mask, shows the run that answers, pasted into the picture or raw, and takes it onward.

let edit = null; // the run on show: { mark, frames, facts, record, source, cells, values, state }
let pending = null; // the edit that was asked for, until it answers
let editScale = 0;
let view = 'pasted';

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
