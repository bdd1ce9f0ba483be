// Inspect: one token at a time. What is held is the store's selection; what the pointer is over is only looked at, and
// needs nothing but the record. Heavy answers belong to the held token alone and are asked for once it is in view.

const REST = 160; // ms that a token is held before the server is asked

const [people, reel, facts, measurePick, overlay, veil] =
  ['people', 'reel', 'facts', 'measure', 'overlay', 'veil'].map(part);
const panels = Object.fromEntries(['picture', 'mosaic', 'map'].map((name) => [name, part(name)]));
const canvasOf = (name) => panels[name].querySelector('canvas');
const boxOf = (node) => node.querySelector('.inspect-box');

let looked = null; // {scale, index} under the pointer, or null
let palette = null; // {model, rgb, explained}
let [turn, busy, resting, saying] = [0, false, 0, 0];
const answers = new Map();
const inView = { draw: false, attention: false };
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

// --- choosing --------------------------------------------------------------------------------------------------

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

measurePick.addEventListener('change', drawMap);
overlay.addEventListener('change', drawMap);

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
    palette = { model, rgb: unpack(answer.rgb, Uint8Array), explained: answer.explained };
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
    palette ? fill(words().mosaic_note, { percent: `${Math.round(100 * palette.explained)} %` }) : '',
    given ? fill(words().mosaic_given, { count: given, all }) : '',
  ].join(' ').trim();
  drawMap();
  drawToken();
}

function drawMap() {
  if (!record()) return;
  const { scale } = lab.selection;
  const name = measurePick.value || MEASURES[0];
  const values = numbersOf(name, scale);
  const canvas = canvasOf('map');
  const none = part('map-none');
  none.hidden = Boolean(values);
  canvas.hidden = !values;
  part('map-legend').hidden = !values;
  overlay.disabled = !values;
  veil.hidden = !values || !overlay.checked;
  const side = name === 'change' ? sideOf(record().sides.length - 1) : sideOf(scale);
  const notes = [fill(words()[`note_${name}`], { size: record().codebook_size, side })];
  if (values) {
    const measure = measureOf(name, record(), person());
    const kept = OF_THE_DRAW.includes(name) ? numbersOf('kept', scale) : null;
    const colourAt = (index) => (kept?.[index] ? null
      : viridis((measure.place(values[index]) - measure.low) / (measure.high - measure.low || 1)));
    for (const target of [canvas, veil]) cellsOn(target, side, colourAt);
    const ends = name === 'rank' ? [1, record().codebook_size] : [measure.low, measure.high];
    legend(part('map-legend'), ...ends, '', measure.digits);
    if (kept?.some(Boolean)) notes.push(words().map_given);
    const shown = kept ? values.filter((value, index) => !kept[index]) : values;
    const [low, high] = extent([shown]);
    const mean = shown.reduce((sum, value) => sum + value, 0) / Math.max(1, shown.length);
    const shift = name === 'rank' ? 1 : 0;
    const [said, deep, up] = [mean, low, high].map((value) => (value + shift).toFixed(measure.digits));
    canvas.setAttribute('aria-label', fill(words().map_alt, {
      measure: words()[`measure_${name}`], scale: scale + 1, low: deep, high: up, mean: said,
    }));
    Object.assign(part('map-legend').dataset, { low: ends[0], high: ends[1] });
  } else {
    none.textContent = name === 'divergence' && person().entropy ? words().map_none : words().map_unrecorded;
  }
  part('map-note').textContent = notes.join(' ');
}

function drawRamp() {
  const head = ['column_scale', 'column_guidance', 'column_divergence'];
  part('ramp-head').replaceChildren(make('tr', {}, ...head.map((name) => make('th', { scope: 'col', textContent: words()[name] }))));
  const strengths = record().guidance;
  const guided = strengths.some(Boolean);
  part('ramp-note').textContent = guided
    ? fill(words().ramp_note, { last: Number(strengths[strengths.length - 1].toFixed(2)) }) : words().ramp_unguided;
  const means = record().sides.map((side, scale) => {
    const values = numbersOf('divergence', scale);
    return values ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
  const bar = (value, most, digits) => {
    const line = make('span');
    line.style.width = `${(100 * (value || 0)) / (most || 1)}%`;
    line.hidden = !value;
    const text = make('span', { textContent: value === null ? words().absent : value.toFixed(digits) });
    return make('td', { 'data-value': value ?? '' }, make('div', { className: 'inspect-measure' }, make('span', {}, line), text));
  };
  part('ramp').replaceChildren(...record().sides.map((side, scale) => make('tr', {},
    make('th', { scope: 'row', textContent: `${side}×${side}` }),
    bar(strengths[scale], Math.max(...strengths), 2), bar(means[scale], Math.max(...means), 3))));
}

// --- what changes with the token -------------------------------------------------------------------------------

function drawToken() {
  if (!record()) return;
  const started = performance.now();
  const token = at();
  const side = sideOf(token.scale);
  const own = cellsOver(side, token.index, side);
  for (const panel of Object.values(panels)) {
    boxOver(boxOf(panel), own, side);
    panel.dataset.held = looked ? 'no' : 'yes';
  }
  [...reel.children].forEach((button, scale) =>
    boxOver(boxOf(button), cellsOver(side, token.index, sideOf(scale)), sideOf(scale)));
  canvasOf('picture').setAttribute('aria-label', fill(words().picture_alt, {
    subject: subjectOf(record()), total: record().sides.length, ...placeOf(token),
  }));
  drawFacts(token);
  facts.dataset.milliseconds = performance.now() - started;
}

function drawFacts(token) {
  const given = givenAt(token);
  const id = numbersOf('ids', token.scale)[token.index];
  const value = (name) => {
    const values = given && OF_THE_DRAW.includes(name) ? null : numbersOf(name, token.scale);
    return values ? values[token.index] : null;
  };
  const chip = make('span', { className: 'inspect-chip' });
  chip.style.background = `rgb(${colourOf(id).join(' ')})`;
  const nats = (number) => fill(words().nats, { value: number.toFixed(3) });
  const rank = (number) => fill(words().rank, { rank: number + 1, size: record().codebook_size });
  const items = [
    ['place', fill(words().place, placeOf(token))], ['id', id, [chip, String(id)]],
    ['origin', given ? words().given : words().drawn],
    ...[['probability', percent], ['filtered', percent], ['rank', rank], ['entropy', nats], ['divergence', nats]]
      .map(([name, say]) => [name, value(name), [value(name) === null ? words().absent : say(value(name))]]),
  ];
  facts.replaceChildren(...items.map(([name, number, children = [number]]) =>
    make('div', {}, make('dt', { textContent: words()[`fact_${name}`] }),
      make('dd', { 'data-fact': name, 'data-value': number ?? '' }, ...children))));
  part('facts-note').textContent = given ? words().facts_given : words().facts_drawn;
  clearTimeout(saying);
  if (looked) return;
  saying = setTimeout(() => {
    const probability = value('probability');
    part('spoken').textContent = fill(words().spoken, {
      ...placeOf(token), id, origin: given ? words().given : words().drawn,
      probability: probability === null ? words().absent : percent(probability),
    });
  }, 300);
}

// --- what only the model knows ---------------------------------------------------------------------------------

const KIND_OF = { draw: 'inspect_logits', attention: 'inspect_attention' };
const keyOf = (name, { picture, scale, index }) => `${record().run} ${name} ${picture} ${scale} ${index}`;

function sayTitles() {
  const place = placeOf(lab.selection);
  part('draw-title').textContent = fill(words().draw_title, place);
  part('attention-title').textContent = fill(words().attention_title, place);
}

// The held token has changed: once it rests, its answers are fetched, one after the other, and only for the last one.
function wish() {
  if (!record()) return;
  turn += 1;
  sayTitles();
  clearTimeout(resting);
  resting = setTimeout(fetchHeld, Object.keys(KIND_OF).every((name) => answers.has(keyOf(name, lab.selection))) ? 0 : REST);
}

async function fetchHeld() {
  if (busy) return;
  busy = true;
  try {
    let served;
    do {
      served = turn;
      for (const name of Object.keys(KIND_OF)) if (served === turn && inView[name]) await serve(name, served);
    } while (served !== turn);
  } finally {
    busy = false;
  }
}

async function serve(name, own) {
  const selection = { ...lab.selection };
  const [body, complaint] = [part(`${name}-body`), part(`${name}-complaint`)];
  complain(complaint, null);
  if (record().options.smooth && selection.scale) {
    body.hidden = true;
    complain(complaint, words().smooth_heavy);
    return;
  }
  const key = keyOf(name, selection);
  if (body.dataset.key === key && !body.hidden) return;
  let answer = answers.get(key);
  if (!answer) {
    body.setAttribute('aria-busy', 'true');
    const { picture, scale, index } = selection;
    try {
      answer = await ask(KIND_OF[name], { past: pastOf(record(), picture, scale), scale, index }, { latest: false });
      if (answers.size > 80) answers.delete(answers.keys().next().value);
      answers.set(key, answer);
    } catch (error) {
      if (own === turn) {
        body.hidden = true;
        complain(complaint, error);
      }
      return;
    } finally {
      body.removeAttribute('aria-busy');
    }
  }
  if (own !== turn) return;
  body.dataset.key = key;
  body.hidden = false;
  (name === 'draw' ? putDraw : putAttention)(answer, selection);
}

function putDraw(answer, { scale, index }) {
  const conditional = unpack(answer.conditional, Float32Array);
  spread.put({
    logits: { conditional, unconditional: unpack(answer.unconditional, Float32Array), progress: answer.progress },
    size: conditional.length, id: numbersOf('ids', scale)[index], given: givenAt({ scale, index }), first: scale === 0,
  });
}

function putAttention(answer, { index }) {
  gaze.put({
    ...answer, weights: halvesOf(answer.weights), shares: unpack(answer.shares, Float32Array), sides: record().sides, index,
  });
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) inView[entry.target.dataset.part] = entry.isIntersecting;
  if (Object.values(inView).some(Boolean)) wish();
}, { rootMargin: '120px' });
for (const name of Object.keys(KIND_OF)) watcher.observe(part(name));

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
