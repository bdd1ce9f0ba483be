// The player. Gradio runs this, with the files that player.py names after it, once, as the body of a function of
// (element, props, watch, trigger).
// props.value is a PlayerValue, props.words the texts. Frames of the run in force are decoded and drawn strictly
// in order, at a pace that the eye can follow; a frame of any other run is dropped. Only the events at the end of
// player_history.js reach the server.

const PACE = 60; // ms that an arriving frame stays at least
const BEAT = 420; // ms per frame in play, at speed 1
const EXAMPLE = 'example';

const part = (name) => element.querySelector(`[data-part="${name}"]`);
const [player, canvas, blank, caption, honest, slider, strip, status, play, back, forward, speed] = [
  'player', 'canvas', 'blank', 'caption', 'honest', 'slider', 'strip', 'status', 'play', 'back', 'forward', 'speed',
].map(part);
const [print, over, lines, picks, which, linked, grid, link, again, history, kept] = [
  'print', 'over', 'lines', 'picks', 'which', 'linked', 'grid', 'link', 'again', 'history', 'kept',
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
  clearPlaces(width, height);
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
  which.hidden = closer === null;
  which.textContent = closer === null ? '' : fill(words().which, nearer());
  const [alt, near] = [has ? fill(words().alt, about) : words().empty, which.textContent];
  canvas.setAttribute('aria-label', near ? `${alt} · ${near}` : alt);
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
  const text = state === 'empty' ? '' : closer !== null ? fill(words().looking, nearer()) : fill(words()[key], {
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
  tellLinked();
  showHistory();
}

// What the link asks for that the page was opened with, until anything is made.
function tellLinked() {
  const asked = value.state === 'example' || value.state === 'empty' ? props.linked : null;
  linked.hidden = !asked;
  if (!asked) return;
  const { seeds } = asked;
  const text = seeds.length > 1 ? words().linked_many : words().linked_one;
  linked.textContent = fill(text, { subject: subjectOf(asked), seed: seeds[0], last: seeds[seeds.length - 1] });
}
