// The stages of a step: what is said at each, which maps are there, and playing them.

const STAGES = 7;

function facts() {
  const [{ record }, { step }] = [lab, state];
  const side = record.sides[step.scale];
  const next = record.sides[step.scale + 1] || 0;
  const last = record.sides[record.sides.length - 1];
  return {
    scale: step.scale + 1, scales: record.sides.length, side, tokens: side * side, next, next_tokens: next * next, last,
    codebook: record.codebook_size, codebook_last: record.codebook_size - 1, image: record.image_side,
    channels: step.channels, phi: step.phi + 1, phis: step.phis, changed: (100 * step.changed).toFixed(0),
    id: column(record.pictures[lab.selection.picture], 'ids', step.scale)[lab.selection.index], ...sumAt(state.channel),
  };
}

const signed = (value) => value.toFixed(3).replace('-', '−').replace(/^−(0\.000)$/, '$1');

// The numbers of one channel at the dot, rounded so that what is read adds up; the strongest channel if none is given.
function sumAt(channel) {
  const { step } = state;
  const last = lab.record.sides[lab.record.sides.length - 1];
  const at = dotOf(lab.selection.index, lab.record.sides[step.scale], last);
  const read = (name, which) => step[name][which * last * last + at];
  let chosen = channel;
  if (chosen === null) {
    chosen = 0;
    for (let each = 1; each < step.channels; each += 1) {
      if (Math.abs(read('contribution', each)) > Math.abs(read('contribution', chosen))) chosen = each;
    }
  }
  const [contribution, before] = ['contribution', 'before'].map((name) => Math.round(1000 * read(name, chosen)) / 1000);
  return {
    channel: chosen + 1, n: chosen + 1, contribution: signed(contribution),
    before: before < 0 ? `(${signed(before)})` : signed(before),
    after: signed(contribution + before),
  };
}

// Goes to a stage; 0 is the whole step at once.
function goTo(stage, { morphs = false } = {}) {
  state.stage = Math.min(Math.max(stage, 0), STAGES);
  sayStage();
  for (const figure of figures) {
    const due = STAGE_OF[figure.order];
    const on = !state.stage || calm.matches || due <= state.stage;
    figure.node.dataset.shown = on ? 'yes' : 'no';
    figure.node.dataset.now = state.stage && due === state.stage ? 'yes' : 'no';
    // On a narrow screen only the map that appears and what it is made of are shown beside the text.
    const near = !state.stage || calm.matches || due === state.stage || MADE_OF[state.stage].includes(figure.name);
    figure.node.dataset.near = near ? 'yes' : 'no';
    if (on && morphs && due === state.stage) morph(figure);
  }
}

function sayStage() {
  const say = words();
  if (!state.step || !say.stages) return;
  const known = facts();
  const stage = say.stages[state.stage - 1];
  part('position').textContent = state.stage ? fill(say.position, { n: state.stage, of: STAGES }) : '';
  part('title').textContent = stage ? stage.title : fill(say.overview, known);
  endsAt('back', state.stage === 0, 'forward');
  endsAt('forward', state.stage === STAGES, 'back');
  part('deeper').hidden = !stage;
  part('sentence').textContent = sentenceOf(stage, known);
  if (!stage) return;
  part('equation').textContent = known.next || state.stage !== STAGES ? fill(stage.equation, known) : '';
  part('deep').textContent = known.next || state.stage !== STAGES ? fill(stage.deep, known) : '';
  part('source').textContent = stage.source;
}

// A button at its end hands the focus on, or the arrow keys would stop with it.
function endsAt(name, end, other) {
  const focused = document.activeElement === part(name);
  part(name).disabled = end;
  if (!end || !focused) return;
  part(other).disabled = false;
  part(other).focus();
}

function sentenceOf(stage, known) {
  const say = words();
  if (!stage) return say.overview_text;
  const edge = (state.step.scale === 0 && stage.first) || (!known.next && stage.last);
  const kept = column(lab.record.pictures[lab.selection.picture], 'kept', state.step.scale) || [];
  const count = kept.reduce((sum, each) => sum + each, 0);
  const given = state.stage === 1 && count ? fill(say.given, { ...known, count }) : '';
  const drawn = given && count === kept.length ? '' : fill(edge || stage.sentence, known); // none was, if all were given
  return [drawn, given].filter(Boolean).join(' ');
}

// Lets a map grow out of the one it is made of.
function morph(figure) {
  if (calm.matches) return;
  const { step } = state;
  const last = lab.record.sides[lab.record.sides.length - 1];
  const from = originOf(step, figure.name, lab.record.sides[step.scale], last);
  if (!from) return;
  const [to, began, alive] = [step[figure.name], performance.now(), (state.alive += 1)];
  const mixed = new Float32Array(to.length);
  const turn = (now) => {
    if (step !== state.step || figure.canvas.hidden) return;
    // Interrupted by another stage or colouring: show the map as it is.
    const share = alive === state.alive ? Math.min((now - began) / MORPH_MS, 1) : 1;
    const eased = share * share * (3 - 2 * share);
    for (let at = 0; at < to.length; at += 1) mixed[at] = from[at] + (to[at] - from[at]) * eased;
    paint(figure.canvas, step, share < 1 ? mixed : to, last, state);
    if (share < 1) requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
}

function playOn(on) {
  state.playing = on;
  window.clearTimeout(timer);
  part('transport').dataset.playing = on ? 'yes' : 'no';
  const name = on ? 'pause' : 'play';
  part('play').dataset.label = name;
  part('play').setAttribute('aria-label', words()[name] || '');
  part('play').title = words()[name] || '';
  if (!on) return;
  goTo(state.stage >= STAGES ? 1 : state.stage + 1, { morphs: true });
  intoSight();
  // As long as the sentence takes to read.
  const wait = 2200 + part('sentence').textContent.length * (words().language === 'zh' ? 110 : 36);
  timer = window.setTimeout(() => playOn(state.stage < STAGES && element.isConnected && visible), wait);
}

function stepBy(by) {
  playOn(false);
  goTo(state.stage + by, { morphs: by > 0 });
  intoSight();
}

// On a narrow screen the maps of a stage stand below its text: bring both into sight.
function intoSight() {
  if (window.innerWidth > 640) return;
  part('say').scrollIntoView({ block: 'start', behavior: calm.matches ? 'auto' : 'smooth' });
}

part('play').addEventListener('click', () => playOn(!state.playing));
part('back').addEventListener('click', () => stepBy(-1));
part('forward').addEventListener('click', () => stepBy(1));
part('transport').addEventListener('keydown', (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || !state.step) return;
  event.preventDefault();
  stepBy(by);
});
calm.addEventListener('change', () => { playOn(false); goTo(state.stage); part('play').hidden = calm.matches; });
part('play').hidden = calm.matches;
