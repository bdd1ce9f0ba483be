// The player. Gradio runs this, with the files that player.py names after it, once, as the body of a function of
// (element, props, watch, trigger).
// props.value is a PlayerValue, props.words the texts. Frames of the run in force are decoded and drawn strictly
// in order, at a pace that the eye can follow; a frame of any other run is dropped. Nothing here calls the server.

const PACE = 60; // ms that an arriving frame stays at least
const BEAT = 420; // ms per frame in play, at speed 1
const EXAMPLE = 'example';

const part = (name) => element.querySelector(`[data-part="${name}"]`);
const [player, canvas, blank, caption, honest, slider, strip, status, play, back, forward, speed] = [
  'player', 'canvas', 'blank', 'caption', 'honest', 'slider', 'strip', 'status', 'play', 'back', 'forward', 'speed',
].map(part);
const [print, over, lines, picks, grid, link, again, history, kept] = [
  'print', 'over', 'lines', 'picks', 'grid', 'link', 'again', 'history', 'kept',
].map(part);
const pen = canvas.getContext('2d');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const retired = new Set();

let value = { run: '', state: 'empty', frames: [], seeds: [], total: 10, all_tokens: 0, ahead: 0, subject: '' };
let frames = []; // decoded: { frame, picture }
let taken = 0; // frames of the run that the pump has begun with
let shown = -1;
let following = true; // the newest frame is shown as it comes
let timer = null;
let pumping = false;
let drawnAt = 0;
let closer = null; // index of the picture that is looked at alone
let past = []; // finished runs of this session, newest first

const words = () => props.words || {};
const fill = (template, facts) =>
  (template || '').replace(/\{(\w+)\}/g, (whole, key) => (key in facts ? String(facts[key]) : whole));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function facts(index) {
  const { frame } = frames[index];
  return {
    scale: index + 1,
    total: value.total,
    side: frame.side,
    tokens: frame.tokens,
    all: value.all_tokens,
    guidance: frame.guidance.toFixed(1),
    ms: frame.ms,
    subject: subjectOf(value),
  };
}

const subjectOf = ({ subject, subject_zh: other }) =>
  (words().language === 'zh' && other) || subject || words().nothing;

function draw(index) {
  const { picture } = frames[index];
  const [left, top, width, height] = cutOf(picture);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  pen.drawImage(picture, left, top, width, height, 0, 0, width, height);
  drawnAt = performance.now();
  shown = index;
  canvas.dataset.run = value.run;
  canvas.dataset.scale = index + 1;
  player.dataset.blank = 'no';
  describe();
}

function describe() {
  const has = shown >= 0 && shown < frames.length;
  const about = has ? facts(shown) : null;
  caption.textContent = has ? fill(words().caption, about) : '';
  honest.textContent = has ? fill(shown + 1 < value.total ? words().sum : words().finished, about) : '';
  canvas.setAttribute('aria-label', has ? fill(words().alt, about) : words().empty);
  slider.max = value.total;
  slider.value = shown + 1;
  slider.style.setProperty('--at', value.total > 1 ? Math.max(0, shown) / (value.total - 1) : 0);
  slider.setAttribute('aria-valuetext', caption.textContent);
  slider.disabled = play.disabled = frames.length < 2;
  back.disabled = shown <= 0;
  forward.disabled = shown < 0 || shown + 1 >= frames.length;
  [...strip.children].forEach((thumb, index) => {
    const current = index === shown;
    thumb.toggleAttribute('aria-current', current);
    if (current) thumb.setAttribute('aria-current', 'true');
    thumb.tabIndex = current ? 0 : -1;
  });
  const playing = timer !== null;
  player.dataset.playing = playing ? 'yes' : 'no';
  play.setAttribute('aria-label', playing ? words().pause : words().play);
  layOver();
}

function tell() {
  const { state, seeds, ahead } = value;
  const key = {
    finished: seeds.length > 1 ? 'done_many' : 'done_one',
    stopped: value.frames.length ? 'stopped' : 'stopped_early',
  }[state] || state;
  const text = state === 'empty' ? '' : fill(words()[key], {
    ahead,
    seed: seeds[0],
    last: seeds[seeds.length - 1],
    scale: value.frames.length,
    total: value.total,
    subject: subjectOf(value),
  });
  if (status.textContent !== text) status.textContent = text;
  blank.textContent = state === 'waiting' ? text : words().empty;
  player.dataset.state = state;
  link.disabled = again.disabled = !value.query;
  showHistory();
}

// --- the strip: one place per scale, filled as they come -------------------------------------------------------

function layStrip() {
  strip.replaceChildren(...Array.from({ length: value.total }, (_, index) => {
    const thumb = document.createElement('button');
    thumb.type = 'button';
    thumb.disabled = true;
    thumb.tabIndex = -1;
    thumb.addEventListener('click', () => choose(index));
    return thumb;
  }));
}

function hang(index) {
  const thumb = strip.children[index];
  const { frame } = frames[index];
  const image = document.createElement('img');
  image.src = frame.src;
  image.alt = '';
  const side = document.createElement('span');
  side.textContent = `${frame.side}×${frame.side}`;
  thumb.replaceChildren(image, side);
  thumb.disabled = false;
  thumb.setAttribute('aria-label', fill(words().thumb, facts(index)));
}

// --- arriving --------------------------------------------------------------------------------------------------

function begin(next) {
  retired.add(value.run);
  pause();
  value = next;
  frames = [];
  taken = 0;
  shown = -1;
  closer = null;
  following = true;
  layStrip();
  layPicks();
  describe();
  if (next.run && next.run !== EXAMPLE) reveal();
}

function receive() {
  const next = props.value;
  if (!next || typeof next !== 'object' || !Array.isArray(next.frames)) return;
  if (next.run !== value.run) {
    // A late example, or the last words of a run that another has replaced.
    if (retired.has(next.run) || (next.run === EXAMPLE && value.run)) return;
    begin(next);
  }
  value = next;
  if (next.state === 'finished') keep(next);
  tell();
  pump();
}

async function decoded(frame) {
  const picture = new Image();
  picture.src = frame.src;
  try {
    await picture.decode();
    return picture;
  } catch (error) {
    console.warn('The player could not decode a frame.', error);
    return null;
  }
}

async function pump() {
  if (pumping) return;
  pumping = true;
  while (taken < value.frames.length) {
    const run = value.run;
    const frame = value.frames[taken];
    const picture = await decoded(frame);
    const early = run === EXAMPLE ? 0 : PACE - (performance.now() - drawnAt);
    if (early > 0) await sleep(early);
    if (run !== value.run) continue; // another run began meanwhile; its frames are next
    taken += 1;
    if (!picture) continue;
    frames.push({ frame, picture });
    hang(frames.length - 1);
    if (following) draw(frames.length - 1);
    else describe();
  }
  pumping = false;
}

// Brings the picture into view where controls and picture are stacked.
function reveal() {
  const box = canvas.getBoundingClientRect();
  if (box.top > window.innerHeight * 0.6 || box.bottom < 80) {
    player.scrollIntoView({ behavior: still.matches ? 'auto' : 'smooth', block: 'start' });
  }
}

// --- choosing and playing --------------------------------------------------------------------------------------

function choose(index) {
  if (!frames.length) return;
  pause();
  const place = Math.min(Math.max(index, 0), frames.length - 1);
  following = place === frames.length - 1 && frames.length < value.total;
  draw(place);
}

function pause() {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  describe();
}

function beat() {
  timer = setTimeout(() => {
    if (shown + 1 < frames.length) {
      beat();
      draw(shown + 1);
    } else {
      following = frames.length < value.total;
      pause();
    }
  }, BEAT / Number(speed.value));
}

play.addEventListener('click', () => {
  if (timer !== null) return pause();
  if (shown + 1 >= frames.length) draw(0);
  following = false;
  beat();
  describe();
});
back.addEventListener('click', () => choose(shown - 1));
forward.addEventListener('click', () => choose(shown + 1));
slider.addEventListener('input', () => choose(Number(slider.value) - 1));
strip.addEventListener('keydown', (event) => {
  const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: frames.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
  strip.children[shown]?.focus();
});
