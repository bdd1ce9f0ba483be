// Inspect: one token at a time. What is held is the store's selection; what the pointer is over is only looked at, and
// needs nothing but the record. Heavy answers belong to the held token alone and are asked for once it is in view. Here
// is what changes with the run, the picture and the scale; the parts stand in inspect_*.js, before this.

const people = part('people');

let looked = null; // {scale, index} under the pointer, or null
let palette = null; // {model, rgb, percent, reach, channels}
const GREY = [128, 128, 128];

const colourOf = (id) => (palette ? palette.rgb.subarray(3 * id, 3 * id + 3) : GREY);
const spread = distributionPanel({ colourOf });
const gaze = attentionPanel();

const record = () => lab.record;
const person = () => record().pictures[lab.selection.picture];
const at = () => looked || lab.selection;
const sideOf = (scale) => record().sides[scale];
const numbersOf = (name, scale = at().scale) => column(person(), name, scale);
const givenAt = ({ scale, index }) => Boolean(numbersOf('kept', scale)?.[index]);
const placeOf = ({ scale, index }) => ({
  scale: scale + 1, row: Math.floor(index / sideOf(scale)) + 1, column: (index % sideOf(scale)) + 1,
});

// --- what changes with the run ---------------------------------------------------------------------------------

function layRun() {
  looked = null;
  turn += 1;
  spread.start(record().options);
  gaze.clear();
  for (const name of ['draw', 'attention']) part(`${name}-body`).hidden = true;
  reel.replaceChildren(...record().sides.map((side, scale) =>
    make('button', { type: 'button', onclick: () => toScale(scale) },
      make('span', { className: 'inspect-frame' }, make('canvas', { className: 'cells' }), make('span', { className: 'inspect-box' })),
      make('span', { textContent: `${side}×${side}` }))));
  people.replaceChildren(...record().pictures.map((picture, index) =>
    make('button', { type: 'button', onclick: () => lab.select({ picture: index }) })));
  people.hidden = record().pictures.length < 2;
  fetchPalette();
}

async function fetchPalette() {
  const { model } = record();
  if (palette?.model === model) return;
  palette = null;
  try {
    const answer = await ask('inspect_colours', {}, { latest: false });
    if (model !== record().model) return;
    palette = {
      model, rgb: unpack(answer.rgb, Uint8Array), channels: answer.channels,
      percent: `${Math.round(100 * answer.explained)} %`, reach: Number(answer.reach.toPrecision(3)),
    };
    drawPerson();
  } catch (error) {
    complain(part('draw-complaint'), error);
  }
}

function mosaicOn(canvas, scale) {
  const ids = numbersOf('ids', scale);
  cellsOn(canvas, sideOf(scale), (index) => colourOf(ids[index]));
}

function drawPerson() {
  [...reel.children].forEach((button, scale) => mosaicOn(button.querySelector('canvas'), scale));
  [...people.children].forEach((button, index) => {
    button.setAttribute('aria-pressed', String(index === lab.selection.picture));
    button.textContent = fill(words().person, { number: index + 1, seed: record().pictures[index].seed });
  });
  const about = { subject: subjectOf(record()), seed: person().seed, model: record().model };
  part('about').textContent = fill(words().about, about);
  part('smooth').hidden = !record().options.smooth;
  part('smooth').textContent = words().smooth;
  drawRamp();
  drawScale();
}

// --- what changes with the scale -------------------------------------------------------------------------------

function drawScale() {
  const { scale, picture } = lab.selection;
  const total = record().sides.length;
  mosaicOn(canvasOf('mosaic'), scale);
  drawAxes();
  drawFrame(canvasOf('picture'), record(), scale, picture).catch(() => {});
  part('picture-name').textContent =
    fill(scale + 1 < total ? words().picture : words().picture_last, { scale: scale + 1, total });
  [...reel.children].forEach((button, index) => {
    button.setAttribute('aria-pressed', String(index === scale));
    button.setAttribute('aria-label', fill(words().reel_item, { scale: index + 1, side: sideOf(index) }));
    button.tabIndex = index === scale ? 0 : -1;
    button.classList.toggle('is-finer', index > scale);
  });
  [...part('ramp').children].forEach((row, index) => {
    if (index === scale) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  });
  panels.mosaic.setAttribute('aria-label', fill(words().mosaic_keys, { side: sideOf(scale) }));
  const given = (numbersOf('kept', scale) || []).reduce((sum, kept) => sum + kept, 0);
  const all = sideOf(scale) ** 2;
  part('mosaic-note').textContent = [
    palette ? fill(words().mosaic_note, palette) : '',
    given ? fill(words().mosaic_given, { count: given, all }) : '',
  ].join(' ').trim();
  drawMap();
  drawToken();
}

// --- following -------------------------------------------------------------------------------------------------

const laid = { run: null, picture: -1, scale: -1 };

// A corner says little: a run that nobody has pointed at yet opens in the middle.
function openInTheMiddle() {
  const { scale, index } = lab.selection;
  const side = sideOf(scale);
  if (index === 0 && scale === record().sides.length - 1 && element.offsetParent !== null) {
    lab.select({ index: Math.floor(side / 2) * side + Math.floor(side / 2) });
  }
}

function sayAll() {
  const held = measurePick.value || MEASURES[0];
  measurePick.replaceChildren(...MEASURES.map((name) => make('option', { value: name, textContent: words()[`measure_${name}`] })));
  measurePick.value = held;
  spread.say();
  gaze.say();
}

follow((what) => {
  if (what !== 'selection') sayAll();
  if (!record()) return;
  const fresh = laid.run !== record();
  if (fresh) {
    Object.assign(laid, { run: record(), picture: -1, scale: -1 });
    layRun();
    openInTheMiddle();
  }
  const { picture, scale } = lab.selection;
  const moved = what === 'words' || picture !== laid.picture;
  const rescaled = scale !== laid.scale;
  Object.assign(laid, { picture, scale });
  if (moved) drawPerson();
  else if (rescaled) drawScale();
  else drawToken();
  wish();
});
