// Pictures side by side, driven by sequence through the one value of the view; below, the race of the two orders.
const [quick, told, complaint, verdict, measuredBox, forms] =
  ['quick', 'told', 'complaint', 'verdict', 'measured', 'forms'].map(part);
const STRENGTHS = [0, 1.5, 4, 8];
// A model that is this large and was this slow is not run unasked. (A small one that was slow had to wait for others.)
const [LARGE, SLOW] = [50, 3000]; // GFLOP of a picture, ms of the run on the table
const LETTERS = 'ABCD';
const NUMBERS = ['seed', 'guidance', 'top_k', 'top_p', 'temperature'];

let catalogue = null;
let choice = null; // of the quick choices
let shownSides = []; // { settings, frames, index, columns, count, picture }; the first is A
let other = 1; // which is measured against A
let inView = 0; // scale
let line = []; // sides still to be drawn
let running = null;
let ticket = 0;
let seedsTried = 0;
let stale = true;

const modelOf = (name) => catalogue?.models.find((model) => model.name === name);
const sidesOf = (side) => modelOf(side.settings.model)?.sides || lab.record.sides;
const isHeavy = (record) =>
  (modelOf(record.model)?.gflop ?? Infinity) > LARGE && record.ms.reduce((sum, ms) => sum + ms, 0) > SLOW;
const number = (value, digits = 0) =>
  value.toLocaleString(words().language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
const classOf = (settings) => {
  const entry = modelOf(settings.model)?.classes.find(([id]) => id === settings.class_id);
  if (entry) return entry[words().language === 'zh' ? 2 : 1];
  return settings.class_id === null ? words().nothing : String(settings.class_id);
};

// --- the two or more sides -------------------------------------------------------------------------------------

function settingsOf(record, index) {
  const { guidance, top_k, top_p, temperature, smooth } = record.options;
  return {
    model: record.model, class_id: record.class_id, seed: record.pictures[index].seed, guidance, top_k: top_k || 0,
    top_p: top_p || 0, temperature, smooth,
  };
}

const fresh = (settings) => ({ settings, frames: [], index: 0, columns: 1, count: 1, picture: null });
const alike = (one, two) => Object.keys(one).every((key) => one[key] === two[key]);

function fromTable() {
  const { record, selection } = lab;
  const index = selection.picture;
  return {
    settings: settingsOf(record, index), frames: record.frames, index, columns: record.columns,
    count: record.pictures.length, picture: record.pictures[index],
  };
}

// Sides that were drawn with the same settings need not be drawn again.
const found = (settings, known) =>
  known.find((side) => side.picture && alike(side.settings, settings)) || fresh(settings);

function lay(wanted, name, keptOther = 1) {
  const known = [...shownSides, ...(lab.record ? [fromTable()] : [])];
  choice = name;
  stale = false;
  other = keptOther;
  shownSides = wanted.map((settings) => found(settings, known));
  line = shownSides.filter((side) => !side.picture);
  running = null;
  scene += 1;
  compared.clear();
  complain(complaint, null);
  present();
  next();
}

let scene = 0;

function next() {
  running = line.shift() || null;
  if (running) {
    running.ticket = ticket += 1;
    const { model, class_id, seed, ...options } = running.settings;
    show('sample', { class_id, seed, options, ticket: running.ticket }, model);
  }
  sayState();
}

watch('value', () => {
  const value = props.value;
  if (!running || !value || value.asked?.ticket !== running.ticket) return;
  running.frames = value.frames;
  if (value.state === 'waiting') running.ahead = value.ahead;
  if (value.state === 'finished' && value.record) {
    running.picture = value.record.pictures[0];
    present();
    return next();
  }
  if (value.state === 'failed' || value.state === 'stopped') {
    if (value.state === 'failed') complain(complaint, fill(words().failed, { name: letter(running) }));
    line = [];
    running = null;
  }
  present();
});

const letter = (side) => LETTERS[shownSides.indexOf(side)];

function sayState() {
  part('stop').hidden = !running;
  const parts = [choice ? words()[`told_${choice}`] : ''];
  if (shownSides.some((side) => side.settings.smooth)) parts.push(words().smooth_told);
  if (running) parts.push(fill(running.ahead ? words().queued : words().drawing, { name: letter(running), ahead: running.ahead }));
  told.textContent = parts.filter(Boolean).join(' ');
  [...quick.children].forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.choice === choice)));
}

// --- quick choices ---------------------------------------------------------------------------------------------

const CHOICES = {
  off: (a) => [a, { ...a, guidance: 0 }],
  on: (a) => [a, { ...a, guidance: 4 }],
  row: (a) => STRENGTHS.map((guidance) => ({ ...a, guidance })),
  seed: (a) => [a, { ...a, seed: (a.seed + (seedsTried += 1)) % 2 ** 32 }],
  class: (a) => {
    const ids = modelOf(a.model).classes.map(([id]) => id);
    const now = shownSides[1]?.settings.class_id ?? a.class_id;
    const after = ids[(ids.indexOf(now) + 1) % ids.length];
    return [a, { ...a, class_id: after === a.class_id ? ids[(ids.indexOf(after) + 1) % ids.length] : after }];
  },
};

function fitted(settings, name) {
  const model = modelOf(name);
  const knows = model.classes.some(([id]) => id === settings.class_id);
  return { ...settings, model: name, class_id: knows ? settings.class_id : null, top_k: Math.min(settings.top_k, model.codebook_size) };
}

function layQuick() {
  if (!catalogue || !lab.record) return;
  const base = fromTable().settings;
  const button = (name, text, act) =>
    make('button', { type: 'button', textContent: text, onclick: act, 'data-choice': name, 'aria-pressed': 'false' });
  const guided = base.guidance > 0 ? 'off' : 'on';
  const own = modelOf(base.model);
  const names = [guided, 'row', 'seed', ...(own?.classes.length > 1 ? ['class'] : [])];
  quick.replaceChildren(
    ...names.map((name) => button(name, words()[`quick_${name}`], () => lay(CHOICES[name](fromTable().settings), name, name === 'row' ? 3 : 1))),
    ...catalogue.models.filter((model) => model.name !== base.model).map((model) =>
      button('model', fill(words().quick_model, { name: model.name }), () =>
        lay([fromTable().settings, fitted(fromTable().settings, model.name)], 'model'))),
  );
  sayState();
}

// --- showing them ----------------------------------------------------------------------------------------------

const boxes = { pair: make('div'), row: make('div') };
part('film').append(boxes.pair, boxes.row);
const reels = {
  pair: film(boxes.pair, { moved }),
  row: film(boxes.row, { moved, pick: (index) => { if (index) { other = index; present(); } } }),
};
const reel = () => (shownSides.length > 2 ? reels.row : reels.pair);

function titleOf(side, index) {
  const { settings } = side;
  const a = shownSides[0].settings;
  const parts = [];
  const say = (key, text) => { if (!index || settings[key] !== a[key]) parts.push(text); };
  say('class_id', classOf(settings));
  say('seed', `${words().seed} ${settings.seed}`);
  say('guidance', `${words().guidance} ${settings.guidance || words().off}`);
  if (index || catalogue?.models.length > 1) say('model', settings.model);
  if (index) {
    say('top_k', `top-k ${settings.top_k || words().off}`);
    say('top_p', `top-p ${settings.top_p || words().off}`);
    say('temperature', `${words().temperature} ${settings.temperature}`);
    if (settings.smooth !== a.smooth) parts.push(`${words().smooth}: ${settings.smooth ? '✓' : words().off}`);
  }
  return `${LETTERS[index]} · ${parts.join(' · ') || words().same}`;
}

function present() {
  if (!shownSides.length) return;
  boxes.pair.hidden = shownSides.length > 2;
  boxes.row.hidden = shownSides.length <= 2;
  part('film').dataset.count = shownSides.length;
  const most = shownSides.map(sidesOf).reduce((long, sides) => (sides.length > long.length ? sides : long));
  reel().show({
    key: `scene ${scene}`, sides: most,
    prints: shownSides.map((side, index) => ({
      frames: side.frames, index: side.index, columns: side.columns, count: side.count, title: titleOf(side, index),
      action: index ? fill(words().compare_with, { name: LETTERS[index] }) : titleOf(side, index), off: !index,
      pressed: index ? index === other : undefined,
    })),
  });
  sayState();
  measure();
}

function moved(scale) {
  if (scale < 0) return;
  inView = scale;
  measure();
}

// --- beginning -------------------------------------------------------------------------------------------------

// What a visit begins with: the picture on the table, and the same without guidance (or with it).
function begin() {
  if (!lab.record || !catalogue || !stale || !element.offsetParent) return;
  if (!modelOf(lab.record.model)) return;
  const a = fromTable().settings;
  layQuick();
  if (isHeavy(lab.record)) {
    stale = false;
    shownSides = [fromTable()];
    scene += 1;
    choice = 'heavy';
    return present();
  }
  const name = a.guidance > 0 ? 'off' : 'on';
  lay(CHOICES[name](a), name);
}

new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) begin(); }).observe(element);

// --- following the table ---------------------------------------------------------------------------------------

const catalogued = ask('catalogue', {}, { latest: false, model: '' });
let racedFor = null;

follow((what) => {
  if (what === 'record') {
    stale = true;
    if (!lab.record) told.textContent = words().waiting_for_record || '';
    if (racedFor !== (lab.record?.model || '')) {
      racedFor = lab.record?.model || '';
      beginRace();
    } else if (racing()) drawRace();
    begin();
  }
  if (what === 'selection' && !shownSides.length) begin();
  if (what === 'words') {
    layQuick();
    if (shownSides.length) present();
    if (part('details').open) {
      if (sheets.length) edited = sheets.map((sheet) => sheet.read());
      layForms();
    }
    sayRace();
  }
});

catalogued.then((answer) => {
  catalogue = answer;
  begin();
  if (shownSides.length) present();
}, (error) => complain(complaint, error));
