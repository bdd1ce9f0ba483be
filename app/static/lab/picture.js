// Your picture. A square `base` (side × side pixels) goes through the tokenizer alone; below, `base` is placed on a
// canvas, a mask is painted over it, and what the mask touches is drawn again. Scrubbing, painting, feathering and the
// switches stay in the browser; the server is asked for tokens only. Here is how the view begins, what arrives and the
// words; the parts stand in picture_*.js, before this.

let setup = null;
let model = '';
let side = 256;
let patch = 16;
let base = null; // canvas
let baseClass = null;
let sample = -1;
let brought = null; // the file that the base was cut from
let marks = 0; // a number for each wish, which comes back with what answers to it

const grid = () => side / patch;

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
  part('left-legend').lastChild.textContent = `≥ ${MOST_LEFT}`;
  if (isOwn()) base = cut(base, base.width, base.height);
  sayAll();
  if (isOwn()) await beginAgain();
  for (let index = 0; index < setup.examples; index += 1) await takeSample(index, index > 0);
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
    Object.assign(rebuild, { psnr, left, mean, frames: value.frames.slice(0, psnr.length), state: value.state });
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

// --- words, start ----------------------------------------------------------------------------------------------

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
  const honest = { drawings: words().honest_drawings, photographs: words().honest_photographs }[setup.seen];
  part('honest').textContent = fill(honest || words().honest_unknown, { large, name: setup.name });
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

watch('value', receive);
follow((what) => {
  if (what === 'words') sayAll();
  const other = what === 'record' && setup && lab.record && lab.record.model !== (model || setup.name);
  if (other) prepareView();
});
prepareView();
