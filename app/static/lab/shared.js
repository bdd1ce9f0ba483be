// What all views of the lab share. It stands before each view's own script, as part of the same function body of
// (element, props, watch, trigger, server), after `const VIEW = '…'`. Views of one page share one store: the record on
// the table, what is selected in it, and all words (a view in a tab that was closed at first gets no props but its
// value).

const lab = (window.varLab ||= (() => {
  const listeners = new Set();
  const selection = { picture: 0, scale: 0, index: 0 };
  const store = { record: null, words: {}, selection, subscribe, put, select, say };
  function tell(what) { for (const listener of [...listeners]) listener(what); }
  // The listener leaves by itself once its view has left the page.
  function subscribe(node, listener) {
    const guarded = (what) => (node.isConnected ? listener(what) : listeners.delete(guarded));
    listeners.add(guarded);
  }
  function put(record) {
    if (!record || !Array.isArray(record.pictures)) return;
    store.record = record;
    Object.assign(selection, { picture: 0, scale: record.sides.length - 1, index: 0 });
    tell('record');
  }
  function say(words) {
    store.words = words || {};
    tell('words');
  }
  function select(patch) {
    if (!store.record) return;
    const next = { ...selection, ...patch };
    next.picture = Math.min(Math.max(next.picture, 0), store.record.pictures.length - 1);
    next.scale = Math.min(Math.max(next.scale, 0), store.record.sides.length - 1);
    next.index = Math.min(Math.max(next.index, 0), store.record.sides[next.scale] ** 2 - 1);
    if (Object.keys(next).every((key) => next[key] === selection[key])) return;
    Object.assign(selection, next);
    tell('selection');
  }
  return store;
})());

const part = (name) => element.querySelector(`[data-part="${name}"]`);
const words = () => lab.words[VIEW] || {};
const fill = (template, facts = {}) =>
  (template || '').replace(/\{(\w+)\}/g, (whole, key) => (key in facts ? String(facts[key]) : whole));
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const subjectOf = (record) => (words().language === 'zh' && record.subject_zh) || record.subject || words().nothing;

// --- a record's arrays -----------------------------------------------------------------------------------------

const KINDS = { ids: Uint16Array, rank: Uint16Array, kept: Uint8Array };
const decodedArrays = new WeakMap();

function unpack(text, Kind) {
  const raw = atob(text);
  const bytes = Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}

// One array of a picture of a record, such as column(record.pictures[0], 'entropy', 9); null where there is none.
function column(picture, name, scale) {
  const text = picture[name] && picture[name][scale];
  if (!text) return null;
  let cache = decodedArrays.get(picture);
  if (!cache) decodedArrays.set(picture, (cache = {}));
  return (cache[`${name} ${scale}`] ||= unpack(text, KINDS[name] || Float32Array));
}

// What the server wants to know of a picture to take the model through it again.
function pastOf(record, index, scales = record.sides.length) {
  const picture = record.pictures[index];
  return {
    class_id: record.class_id, seed: picture.seed, options: record.options, switch: record.switch,
    ids: picture.ids.slice(0, scales),
  };
}

// --- asking ----------------------------------------------------------------------------------------------------

let asking = 0;

// The answer to a question, or null if another was asked meanwhile. Throws an Error with a text for people.
async function ask(kind, values, { latest = true, model = lab.record?.model || '' } = {}) {
  const own = latest ? (asking += 1) : 0;
  const answer = await server.lab_ask([kind, model, values, words().language || 'en']);
  if (latest && own !== asking) return null;
  if (answer && answer.error) throw new Error(answer.error);
  return answer;
}

// Starts a stream: the view's value then follows it. Needs a view that was made with a show.
const show = (kind, values, model = lab.record?.model || '') =>
  trigger('show', { kind, values, model, language: words().language || 'en' });
const stopShow = () => trigger('halt', {});

// --- drawing ---------------------------------------------------------------------------------------------------

// Viridis (van der Walt & Smith 2015), perceptually uniform, at 9 places.
const VIRIDIS = [
  [68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121],
  [109, 205, 89], [253, 231, 37],
];

function viridis(share) {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[low].map((from, index) => Math.round(from + (VIRIDIS[low + 1][index] - from) * (place - low)));
}

// side² values → pixels of a canvas, one each; the style sheet enlarges it without smoothing.
function heat(canvas, values, side, low, high) {
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    const colour = viridis(high > low ? (values[at] - low) / (high - low) : 0);
    image.data.set([...colour, 255], 4 * at);
  }
  pen.putImageData(image, 0, 0);
}

// A legend for heat(): a ramp with the numbers at its ends.
function legend(box, low, high, unit = '', digits = 2) {
  const ramp = document.createElement('span');
  ramp.className = 'ramp';
  const stops = VIRIDIS.map((colour) => `rgb(${colour.join(' ')})`).join(', ');
  ramp.style.background = `linear-gradient(90deg, ${stops})`;
  const text = (value) => {
    const span = document.createElement('span');
    span.textContent = `${Number(value).toFixed(digits)}${unit && ` ${unit}`}`;
    return span;
  };
  box.className = 'legend';
  box.replaceChildren(text(low), ramp, text(high));
}

const extent = (arrays) => {
  let [low, high] = [Infinity, -Infinity];
  for (const array of arrays) for (const value of array) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high >= low ? [low, high] : [0, 1];
};

const pictures = new Map(); // decoded pictures by source

async function pictureOf(source) {
  let picture = pictures.get(source);
  if (!picture) {
    picture = new Image();
    picture.src = source;
    await picture.decode();
    if (pictures.size > 120) pictures.delete(pictures.keys().next().value);
    pictures.set(source, picture);
  }
  return picture;
}

// Draws one picture of a sheet that has `columns` side by side; resolves when it is on the canvas.
async function drawCut(canvas, source, index, columns, count = index + 1) {
  const sheet = await pictureOf(source);
  const rows = Math.max(1, Math.ceil(count / columns));
  const [width, height] = [sheet.naturalWidth / columns, sheet.naturalHeight / rows];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
  canvas.getContext('2d').drawImage(sheet, left, top, width, height, 0, 0, width, height);
}

// What the record's frame of a scale shows of one picture.
const drawFrame = (canvas, record, scale, index) =>
  drawCut(canvas, record.frames[scale], index, record.columns, record.pictures.length);

// --- small parts -----------------------------------------------------------------------------------------------

// Makes an element: make('button', { type: 'button', textContent: 'x', onclick }, child, …).
function make(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(facts)) {
    if (key.includes('-') || key === 'role' || key === 'for') node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children);
  return node;
}

// Calls back at once and whenever the record ('record'), the selection ('selection') or the language ('words') changes.
function follow(listener) {
  lab.subscribe(element, (what) => {
    if (what === 'words') sayWords();
    listener(what);
  });
  sayWords();
  listener('record');
}

// Fills data-text (text) and data-label (aria-label and, for buttons, title) from the words.
function sayWords() {
  element.querySelectorAll('[data-text]').forEach((node) => { node.textContent = words()[node.dataset.text] || ''; });
  element.querySelectorAll('[data-label]').forEach((node) => {
    node.setAttribute('aria-label', words()[node.dataset.label] || '');
    if (node.tagName === 'BUTTON') node.title = words()[node.dataset.label] || '';
  });
}

// A row of scale buttons, arrow keys included; returns { set(scale), lay(sides) }.
function scalePicker(box, choose) {
  let sides = [];
  let current = -1;
  box.classList.add('scales');
  box.setAttribute('role', 'group');
  function set(scale) {
    current = scale;
    [...box.children].forEach((button, index) => {
      button.setAttribute('aria-pressed', String(index === scale));
      button.tabIndex = index === scale ? 0 : -1;
    });
  }
  function lay(next) {
    if (next.length === sides.length && next.every((side, index) => side === sides[index])) return;
    sides = next;
    box.replaceChildren(...sides.map((side, index) =>
      make('button', { type: 'button', textContent: `${side}×${side}`, onclick: () => choose(index) })));
    set(current);
  }
  box.addEventListener('keydown', (event) => {
    const to = {
      ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: sides.length - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= sides.length) return;
    event.preventDefault();
    choose(to);
    box.children[to]?.focus();
  });
  return { set, lay };
}

// --- film: a small player that any view may use ----------------------------------------------------------------

// film(box, { pick, moved }) makes a player in `box`: prints side by side on one scrubber, with step, play and keys.
//   const reel = film(part('film'));
//   reel.show({ key: run, sides, prints: [{ ...reelOf(shown, index), title, action, pressed }] });
// `shown` is a ShowValue, or a record; frames may still grow, and are followed until the person scrubs. Another `key`
// starts anew. A print without the frame in view shows its newest, faded. With `pick(index)` each print is a button
// named `action`; `moved(scale)` is told what is in view. reel.at() is that scale, 0-based, −1 before the first;
// reel.scrub(scale), reel.play(), reel.pause() do what the controls do.
const reelOf = (shown, index = 0) => ({
  frames: shown.frames, index, columns: shown.columns, count: (shown.pictures || shown.seeds).length,
});

function film(box, { pick = null, moved = null } = {}) {
  const [beat, arrival] = [420, 70]; // ms a frame in play, and at least while frames arrive
  const icon = (path) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
  };
  const [triangle, bars] = ['M4 2.5 13 8l-9 5.5z', 'M4 3h3v10H4zM9 3h3v10H9z'];
  const prints = make('div', { className: 'film-prints' });
  const back = make('button', { type: 'button', onclick: () => scrub(at - 1) }, icon('M4 3v10M13 3 6 8l7 5z'));
  const play = make('button', { type: 'button', className: 'film-play', onclick: () => (timer ? pause() : run()) });
  const forward = make('button', { type: 'button', onclick: () => scrub(at + 1) }, icon('M12 3v10M3 3l7 5-7 5z'));
  const slider = make('input', { type: 'range', min: 1, step: 1, oninput: () => scrub(Number(slider.value) - 1) });
  const caption = make('p', { className: 'quiet film-caption' });
  box.classList.add('film');
  box.replaceChildren(prints, make('div', { className: 'film-transport' }, back, play, forward, slider), caption);

  const told = () => lab.words.film || {};
  const source = (print, scale) => print.frames[scale]?.src || print.frames[scale];
  let scene = { key: null, sides: [], prints: [] };
  let at = -1;
  let following = true;
  let timer = null;
  let drawn = 0;

  const ready = () => Math.max(0, ...scene.prints.map((print) => print.frames.length));

  function place(scale) {
    at = scale;
    say();
    [...prints.children].forEach((figure, index) => draw(figure, scene.prints[index], at));
    if (moved) moved(at);
  }

  async function draw(figure, print, scale) {
    const canvas = figure.querySelector('canvas');
    const held = Math.min(scale, print.frames.length - 1);
    const wanted = `${scene.key} ${held} ${print.index}`;
    figure.classList.toggle('film-late', held < scale || held < 0);
    canvas.film = wanted;
    if (held < 0) return canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
    await pictureOf(source(print, held));
    if (canvas.film !== wanted) return; // scrubbed on meanwhile
    await drawCut(canvas, source(print, held), print.index, print.columns, print.count);
    canvas.dataset.at = held;
  }

  function say() {
    const [total, words] = [scene.sides.length, told()];
    const facts = { scale: at + 1, total, side: scene.sides[at] };
    caption.textContent = at < 0 ? '' : fill(at + 1 < total ? words.sum : words.finished, facts);
    slider.max = Math.max(total, 2);
    slider.value = at + 1;
    slider.style.setProperty('--at', total > 1 ? Math.max(at, 0) / (total - 1) : 0);
    slider.setAttribute('aria-label', words.scrub || '');
    slider.setAttribute('aria-valuetext', caption.textContent);
    for (const [button, word] of [[back, 'back'], [play, timer ? 'pause' : 'play'], [forward, 'forward']]) {
      button.setAttribute('aria-label', words[word] || '');
      button.title = words[word] || '';
    }
    play.replaceChildren(icon(timer ? bars : triangle));
    play.disabled = slider.disabled = ready() < 2;
    back.disabled = at <= 0;
    forward.disabled = at < 0 || at + 1 >= ready();
    [...prints.children].forEach((figure, index) => {
      const print = scene.prints[index];
      const empty = !print.frames.length;
      figure.querySelector('figcaption').textContent = print.title || '';
      const alt = fill(empty ? words.empty : words.alt, { ...facts, title: print.title || '' });
      figure.querySelector('canvas').setAttribute('aria-label', alt);
      const button = figure.querySelector('button');
      if (!button) return;
      button.setAttribute('aria-label', print.action || print.title || '');
      button.title = print.action || '';
      button.disabled = Boolean(print.off);
      if (print.pressed === undefined) button.removeAttribute('aria-pressed');
      else button.setAttribute('aria-pressed', String(print.pressed));
    });
  }

  function lay(count) {
    if (prints.children.length === count) return;
    prints.style.setProperty('--count', count);
    prints.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const canvas = make('canvas', { width: 64, height: 64, role: 'img' });
      const held = pick ? make('button', { type: 'button', onclick: () => pick(index) }, canvas) : canvas;
      return make('figure', {}, held, make('figcaption'));
    }));
  }

  function show(next) {
    const anew = next.key !== scene.key;
    scene = next;
    lay(next.prints.length);
    if (anew) {
      pause();
      [at, following] = [-1, true];
      if (next.prints.every((print) => print.frames.length >= next.sides.length)) return place(next.sides.length - 1);
    }
    // With several prints the slowest is followed, so that all are seen to refine together.
    if (following) arrive();
    else place(Math.min(at, next.sides.length - 1));
  }

  let arriving = false;
  async function arrive() {
    say();
    if (arriving) return;
    arriving = true;
    const slowest = () => Math.min(...scene.prints.map((print) => print.frames.length)) - 1;
    if (slowest() <= at) place(at);
    while (following && at < slowest()) {
      const early = arrival - (performance.now() - drawn);
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      if (!following || at >= slowest()) break;
      drawn = performance.now();
      place(at + 1);
    }
    arriving = false;
  }

  function scrub(scale) {
    if (!ready()) return;
    pause();
    const to = Math.min(Math.max(scale, 0), ready() - 1);
    following = to === ready() - 1 && ready() < scene.sides.length;
    place(to);
  }

  function run() {
    if (ready() < 2) return;
    following = false;
    if (at + 1 >= ready()) place(0);
    timer = setTimeout(step, beat);
    say();
  }

  function step() {
    if (!box.isConnected || at + 1 >= ready()) return pause();
    timer = setTimeout(step, beat);
    place(at + 1);
  }

  function pause() {
    if (timer) clearTimeout(timer);
    timer = null;
    say();
  }

  prints.addEventListener('keydown', (event) => {
    const buttons = [...prints.querySelectorAll('button:not(:disabled)')];
    const from = buttons.indexOf(document.activeElement);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (from < 0 || to === undefined || !buttons[to]) return;
    event.preventDefault();
    buttons[to].focus();
  });
  lab.subscribe(element, (what) => { if (what === 'words') say(); });
  say();
  return { show, scrub, play: run, pause, at: () => at };
}

// Opens another room of the page by its name; resolves once its view is on the screen, or after a while without it.
async function openRoom(name) {
  // On a narrow screen some tabs have moved into a menu, where only their names tell them apart.
  const menu = [...document.querySelectorAll('#rooms > .tab-wrapper .overflow-dropdown button')];
  const tab = document.getElementById(`room-${name}-button`)
    || menu.find((button) => button.textContent.trim() === lab.words.rooms?.[name]);
  tab?.click();
  for (let tries = 0; tries < 100; tries += 1) {
    const view = document.getElementById(name === 'generate' ? 'player' : `lab-${name}`);
    if (view && view.offsetParent !== null) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

// Says what went wrong, in the view's line for it.
function complain(line, error) {
  if (!line) return;
  line.textContent = error ? String(error.message || error) : '';
}
