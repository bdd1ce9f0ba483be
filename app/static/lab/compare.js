// Pictures side by side, driven by sequence through the one value of the view; below, the race of the two orders. Here
// is how they are shown, what a visit begins with, and following the table; the parts stand in compare_*.js.

const [quick, told, complaint, verdict, measuredBox, forms] =
  ['quick', 'told', 'complaint', 'verdict', 'measured', 'forms'].map(part);
// A model that is this large and was this slow is not run unasked. (A small one that was slow had to wait for others.)
const [LARGE, SLOW] = [50, 3000]; // GFLOP of a picture, ms of the run on the table
const LETTERS = 'ABCD';
const NUMBERS = ['seed', 'guidance', 'top_k', 'top_p', 'temperature'];

let catalogue = null;
let choice = null; // of the quick choices
let shownSides = []; // { settings, frames, index, columns, count, picture }; the first is A
let other = 1; // which is measured against A
let inView = 0; // scale
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

// What a visit begins with: the picture on the table, and the same without guidance (or with it, or of another seed).
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
  const name = guidanceOf(a) || 'seed';
  lay(CHOICES[name](a), name);
}

new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) begin(); }).observe(element);

// --- following the table ---------------------------------------------------------------------------------------

let catalogued = null; // the catalogue, while it is asked for
let racedFor = null;

// Models come while a page is open: a record of one that the catalogue lacks asks for it again.
function readCatalogue() {
  catalogued ||= ask('catalogue', {}, { latest: false, model: '' }).then((answer) => {
    catalogue = answer;
    begin();
    if (shownSides.length) present();
  }).catch((error) => complain(complaint, error)).finally(() => { catalogued = null; });
}

follow((what) => {
  if (what === 'record') {
    stale = true;
    if (!modelOf(lab.record?.model)) readCatalogue();
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
