// One step taken apart: what is shown, which stage is on, and which cell is chosen.

const GAINS = [1, 2, 4, 8]; // how much narrower than the widest the range of colours and bars is, in all maps at once
const state = {
  stage: 0, playing: false, channel: null, gain: 1, step: null, key: '', shown: null, place: null, alive: 0,
};
const picker = scalePicker(part('scales'), chooseScale);
let visible = false;
let timer = 0;

part('flow').append(...figures.map((figure) => figure.node));

// --- the selection ----------------------------------------------------------------------------------------------

// Another scale, at the same place of the picture.
function chooseScale(scale) {
  const { sides } = lab.record;
  const [from, to] = [sides[lab.selection.scale], sides[scale]];
  const move = (at) => Math.floor((at + 0.5) * to / from);
  const { index } = lab.selection;
  lab.select({ scale, index: move(Math.floor(index / from)) * to + move(index % from) });
}

// A fresh record comes with its last scale chosen, where nothing is stretched and nothing follows: begin halfway,
// where that scale adds most.
function beginHalfway() {
  const { sides } = lab.record;
  if (state.shown === lab.record) return;
  state.shown = lab.record;
  if (lab.selection.scale !== sides.length - 1 || lab.selection.index !== 0) return;
  const scale = state.place === null ? Math.floor(sides.length / 2) : Math.min(state.place, sides.length - 1);
  const side = sides[scale];
  const [last, change] = [sides[sides.length - 1], column(lab.record.pictures[0], 'change', scale)];
  const most = change.indexOf(Math.max(...change));
  const place = (at) => Math.floor((at + 0.5) * side / last);
  lab.select({ scale, index: place(Math.floor(most / last)) * side + place(most % last) });
}

function choosePoint(event) {
  const frame = event.target.closest('.frame');
  if (!frame || !state.step) return;
  const box = frame.getBoundingClientRect();
  const side = lab.record.sides[state.step.scale];
  const place = (at, size) => Math.min(Math.max(Math.floor(at / size * side), 0), side - 1);
  const index = place(event.clientY - box.top, box.height) * side + place(event.clientX - box.left, box.width);
  lab.select({ scale: state.step.scale, index });
}

part('flow').addEventListener('pointermove', (event) => event.pointerType === 'mouse' && choosePoint(event));
part('flow').addEventListener('click', choosePoint);

const tokens = figureOf('ids').grid;
tokens.addEventListener('keydown', (event) => {
  const side = lab.record.sides[lab.selection.scale];
  const [row, col] = [Math.floor(lab.selection.index / side), lab.selection.index % side];
  const to = {
    ArrowLeft: [row, col - 1], ArrowRight: [row, col + 1], ArrowUp: [row - 1, col], ArrowDown: [row + 1, col],
    Home: [row, 0], End: [row, side - 1],
  }[event.key];
  if (!to) return;
  event.preventDefault();
  if (to.some((at) => at < 0 || at >= side)) return;
  lab.select({ index: to[0] * side + to[1] });
  tokens.querySelector('[tabindex="0"]')?.focus();
});

// --- drawing ----------------------------------------------------------------------------------------------------

function drawMaps() {
  const [{ record }, { step }, say] = [lab, state, words()];
  const { scale } = step;
  const sides = record.sides;
  const [side, last, next] = [sides[scale], sides[sides.length - 1], sides[scale + 1]];
  const given = column(record.pictures[lab.selection.picture], 'kept', scale)?.every(Boolean);
  const sideOf = { ids: side, codes: side, next: next || 0 };
  state.alive += 1;
  for (const figure of figures) {
    const { name, canvas } = figure;
    const own = sideOf[name] ?? last;
    figure.title.textContent = say.figures[figure.order];
    figure.sign.textContent = name === 'contribution' ? `φ${step.phi + 1}`
      : name === 'ids' && given ? say.sign_given : say.signs[figure.order];
    figure.node.dataset.empty = name === 'next' && !next ? 'yes' : 'no';
    figure.shape.textContent = name === 'ids' ? `${side}×${side}` : name === 'picture'
      ? `3×${record.image_side}×${record.image_side}` : own ? `${step.channels}×${own}×${own}` : say.no_next;
    if (name === 'ids') {
      layTokens(figure.grid, side);
      fillTokens(figure.grid, step, column(record.pictures[lab.selection.picture], 'ids', scale), side, state);
      figure.grid.setAttribute('aria-label', fill(say.grid, { scale: scale + 1 }));
    } else if (name === 'picture') {
      drawFrame(canvas, record, scale, lab.selection.picture).catch(() => {});
      canvas.setAttribute('aria-label', fill(say.picture_alt, { scale: scale + 1, subject: subjectOf(record) }));
    } else if (own) {
      paint(canvas, step, step[name], own, state);
      canvas.setAttribute('aria-label', fill(say.map_alt, { name: say.figures[figure.order], side: own }));
    }
    canvas.hidden = name === 'ids' || !own;
  }
  drawColours();
}

function drawColours() {
  const [{ step, channel, gain }, say] = [state, words()];
  const select = part('colour');
  if (select.options.length !== step.channels + 1 || select.dataset.language !== say.language) {
    select.dataset.language = say.language;
    select.replaceChildren(make('option', { value: '', textContent: say.axes }),
      ...Array.from({ length: step.channels }, (_, at) =>
        make('option', { value: String(at), textContent: fill(say.channel, { n: at + 1 }) })));
  }
  select.value = channel === null ? '' : String(channel);
  const known = { ...facts(), explained: (100 * step.explained).toFixed(0), reach: (step.reach / gain).toFixed(2) };
  const cut = 100 * cutShare();
  part('note').textContent = fill(channel === null ? say.axes_note : say.channel_note, known)
    + (cut < 0.05 ? '' : `${say.language === 'zh' ? '' : ' '}${fill(say.cut, { cut: cut.toFixed(1) })}`);
  if (channel === null) axesLegend(part('legend'), step.reach / gain);
  else legend(part('legend'), -step.range / gain, step.range / gain);
  part('gains').replaceChildren(...GAINS.map((each) => make('button', {
    type: 'button', textContent: `×${each}`, 'aria-pressed': String(each === gain), onclick: () => {
      state.gain = each;
      colourBy(state.channel);
      part('gains').children[GAINS.indexOf(each)].focus();
    },
  })));
}

// The share of the sum's colours that lie beyond the range.
function cutShare() {
  const { step } = state;
  const cells = step.after.length / step.channels;
  let [cut, count] = [0, 0];
  for (let at = 0; at < cells; at += 1) for (const place of placesOf(step, step.after, cells, at, state)) {
    if (Math.abs(place - 0.5) > 0.5) cut += 1;
    count += 1;
  }
  return cut / count;
}

// Three ramps, one a direction: what one unit along each does to grey.
function axesLegend(box, reach) {
  const ends = [['#008080', '#ff8080'], ['#800080', '#80ff80'], ['#808000', '#8080ff']];
  box.className = 'legend three';
  box.replaceChildren(make('span', { textContent: `−${reach.toFixed(2)}` }), make('span', { className: 'ramps' },
    ...ends.map(([low, high]) => {
      const ramp = make('span', { className: 'ramp' });
      ramp.style.background = `linear-gradient(90deg, ${low}, #808080, ${high})`;
      return ramp;
    })), make('span', { textContent: reach.toFixed(2) }));
}

function colourBy(channel) {
  state.channel = channel;
  drawMaps();
  drawCell();
}

part('colour').addEventListener('change', ({ target }) => colourBy(target.value === '' ? null : Number(target.value)));

// --- following the record ---------------------------------------------------------------------------------------

const keyOf = (record, { picture, scale }) => `${record.run} ${record.model} ${picture} ${scale}`;

async function refresh() {
  const { record, selection, words: all } = lab;
  if (!record) { part('which').textContent = words().waiting || ''; return; }
  if (!visible || !all[VIEW]) return;
  beginHalfway();
  picker.lay(record.sides);
  picker.set(selection.scale);
  layPictures();
  const picture = record.pictures[selection.picture];
  part('which').textContent = fill(words().which, { subject: subjectOf(record), seed: picture.seed });
  drawBelow();
  const smooth = Boolean(record.options.smooth);
  part('bench').hidden = smooth || !state.step;
  complain(part('complaint'), smooth ? new Error(words().smooth) : null);
  if (smooth) { playOn(false); return; }
  state.place = selection.scale;
  const key = keyOf(record, selection);
  try {
    const step = await stepOf(record, selection.picture, selection.scale);
    if (record !== lab.record || key !== keyOf(record, lab.selection)) return; // another was chosen meanwhile
    Object.assign(state, { step, key });
    if (state.channel !== null && state.channel >= step.channels) state.channel = null;
    part('bench').hidden = false;
    drawMaps();
    drawCell();
    goTo(state.stage);
    part('lab').dataset.scale = String(step.scale);
  } catch (error) {
    complain(part('complaint'), error);
  }
}

function layPictures() {
  const [{ record, selection }, say] = [lab, words()];
  const box = part('pictures');
  const count = record.pictures.length;
  box.hidden = count < 2;
  box.replaceChildren(...(count < 2 ? [] : record.pictures.map((_, at) => make('button', {
    type: 'button', textContent: String(at + 1), 'aria-label': fill(say.picture, { n: at + 1 }),
    'aria-pressed': String(at === selection.picture), onclick: () => {
      lab.select({ picture: at });
      part('pictures').children[at]?.focus();
    },
  }))));
}

new IntersectionObserver((entries) => {
  visible = entries[entries.length - 1].isIntersecting;
  if (visible) refresh();
  else playOn(false);
}).observe(part('lab'));

follow((what) => {
  const known = state.step && state.key === keyOf(lab.record, lab.selection);
  if (what === 'selection' && known && visible) {
    drawCell();
    outlineNorms();
  } else refresh();
});
