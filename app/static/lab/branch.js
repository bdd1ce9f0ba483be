// Branch and morph. A tree of originals is kept here; each has what was drawn from it. Every draw is a job with a
// ticket, which its ShowValue brings back in `asked`; values of other tickets are late and only kept with their job.

const SHARED_FROM = 0.5;
const MOST_SEED = 4294967295;
const ASPECTS = ['layout', 'colours', 'texture'];
const [strip, lineage, complaint, drawButton, othersButton] = [
  'strip', 'lineage', 'complaint', 'draw', 'others',
].map(part);
const stopButtons = [...element.querySelectorAll('[data-act="stop"]')];
const [countBox, seedBox, measureBox, measureAll, classBox, morphDraw] = [
  'count', 'seed', 'measure', 'measure-all', 'classes', 'morph-draw',
].map(part);

let root = null; // the tree of originals
let here = null; // the one in force
let keep = 5;
let active = null; // the job that the model works on
let queue = []; // jobs that come after it
let cold = null; // a finished show that was made beforehand
let trouble = ''; // what was wrong with the last wish
let classes = { model: null, list: [] };
const jobs = new Map();

const total = () => here.record.sides.length;
const busy = () => active !== null;
const nodeOf = (record, picture, facts = {}) => ({
  record, picture, keep: null, parent: null, children: [], jobs: new Map(), shown: null, morph: null, ...facts,
});
const everyNode = (node = root) => (node ? [node, ...node.children.flatMap((child) => everyNode(child))] : []);
const sourceOf = (node) => node.record.pictures[node.picture];
const rangeWord = (base, count, all) =>
  words()[`${base}_${count === 0 ? 'none' : count === all ? 'all' : count === 1 ? 'one' : 'some'}`];

function className(id) {
  const known = classes.list.find((one) => one[0] === id);
  return known ? known[words().language === 'zh' ? 2 : 1] : words().nothing;
}

// --- what can be branched ----------------------------------------------------------------------------------------

// Why not, or an empty text. Scales of an edited picture hold given tokens only in places.
function refusal() {
  if (here.record.options.smooth) return words().smooth;
  const lost = here.record.sides.slice(keep).some((_, index) => {
    const given = column(sourceOf(here), 'kept', keep + index);
    return given && given.includes(1) && given.includes(0);
  });
  return lost ? words().edited : '';
}

function morphRefusal() {
  const earlier = here.record.switch ? here.record.switch.scale : total() - 1;
  if (keep < 1 || keep >= total()) return fill(words().morph_range, { most: total() - 1 });
  return keep > earlier ? fill(words().morph_again, { most: earlier }) : '';
}

function firstSeed() {
  const seed = Number(seedBox.value);
  if (seedBox.value.trim() !== '' && Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED) return seed;
  trouble = fill(words().bad_seed, { received: seedBox.value || '–' });
  return null;
}

// --- jobs ----------------------------------------------------------------------------------------------------------

function begin(list) {
  queue = list;
  next();
}

function next() {
  active = queue.shift() || null;
  if (active) {
    const { kind, node, ticket, values } = active;
    jobs.set(ticket, active);
    if (kind === 'branch') {
      node.jobs.set(active.keep, active);
      node.shown = active;
    }
    show(kind, { past: pastOf(node.record, node.picture), keep: active.keep, ticket, ...values }, node.record.model);
  } else if (here.jobs.has(keep)) {
    here.shown = here.jobs.get(keep);
  }
  render();
}

const ticketOf = () => Math.floor(Math.random() * 2 ** 31);
const branchJob = (kept, seed, guess = null) => ({
  kind: 'branch', node: here, keep: kept, ticket: ticketOf(), guess, value: null,
  values: { count: Number(countBox.value), seed },
});

function drawSiblings(seed) {
  if (seed === null) return render();
  const picked = [...part('guesses').querySelectorAll('[aria-pressed="true"]')].map((button) => button.value);
  begin([branchJob(keep, seed, picked.length ? picked : null)]);
  for (const button of part('guesses').querySelectorAll('button')) button.setAttribute('aria-pressed', 'false');
}

function halt() {
  queue = [];
  stopShow();
  if (active && !active.value) active = null; // nothing has come of it, and perhaps nothing will
  render();
}

function receive() {
  const value = props.value;
  const job = value && value.asked && jobs.get(value.asked.ticket);
  if (!job) return;
  job.value = value;
  if (job === active) {
    if (value.state === 'finished') return next();
    if (value.state === 'stopped' || value.state === 'failed') [active, queue] = [null, []];
  }
  render();
}

// --- the tree ------------------------------------------------------------------------------------------------------

function adopt(record) {
  if (!record) return;
  const known = [...jobs.values()].some((job) => job.value && job.value.record === record);
  if (root && (known || everyNode().some((node) => node.record === record))) return;
  if (active) stopShow();
  [active, queue, trouble] = [null, [], ''];
  jobs.clear();
  root = here = nodeOf(record, lab.selection.picture);
  keep = Math.min(keep, total());
  hangExhibit();
  learnClasses();
}

function goTo(node) {
  here = node;
  trouble = '';
  keep = Math.min(keep, total());
  render();
}

function goOn(job, picture) {
  const { record } = job.value;
  if (!record) return;
  const at = here;
  const old = at.children.find((child) => child.record === record && child.picture === picture);
  const child = old || nodeOf(record, picture, { keep: job.keep, parent: at, kind: job.kind });
  if (!old) at.children.push(child);
  goTo(child);
}

const nameOf = (node) => {
  const facts = {
    subject: subjectOf(node.record), seed: sourceOf(node).seed, keep: node.keep, index: node.picture + 1,
    total: node.record.sides.length,
  };
  if (!node.parent) return fill(words().root, facts);
  if (node.kind === 'branch') return fill(words().child, facts);
  const change = node.record.switch;
  const way = words()[change.cache === 'keep' ? 'morph_keep' : 'morph_replay'];
  return `${fill(words().morph_child, { ...facts, subject: className(change.class_id) })} · ${way}`;
};

function renderTree() {
  const nodes = everyNode();
  lineage.hidden = nodes.length < 2;
  const focused = lineage.contains(document.activeElement);
  lineage.replaceChildren(...nodes.map((node) => {
    let level = 1;
    for (let at = node; at.parent; at = at.parent) level += 1;
    const canvas = make('canvas', { 'aria-hidden': 'true' });
    drawFrame(canvas, node.record, node.record.frames.length - 1, node.picture);
    const item = make('li', {
      role: 'treeitem', 'aria-level': level, 'aria-selected': String(node === here), tabIndex: node === here ? 0 : -1,
      onclick: () => goTo(node),
    }, canvas, make('span', { textContent: nameOf(node) }));
    item.style.setProperty('--level', level);
    return item;
  }));
  if (focused) lineage.querySelector('[tabindex="0"]')?.focus();
}

lineage.addEventListener('keydown', (event) => {
  const nodes = everyNode();
  const from = nodes.indexOf(here);
  const to = {
    ArrowUp: nodes[from - 1], ArrowDown: nodes[from + 1], ArrowLeft: here.parent, ArrowRight: here.children[0],
    Home: nodes[0], End: nodes[nodes.length - 1],
  }[event.key];
  if (!to) return;
  event.preventDefault();
  goTo(to);
});

// --- the strip -----------------------------------------------------------------------------------------------------

function choose(count) {
  if (!here) return;
  keep = Math.min(Math.max(count, 0), total());
  trouble = '';
  if (!busy() && here.jobs.has(keep)) here.shown = here.jobs.get(keep);
  render();
}

strip.addEventListener('keydown', (event) => {
  if (!here) return;
  const to = {
    ArrowLeft: keep - 1, ArrowDown: keep - 1, ArrowRight: keep + 1, ArrowUp: keep + 1, Home: 0, End: total(),
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
});

let hung = null; // the node whose frames are on the strip
function renderStrip() {
  const { record, picture } = here;
  if (hung !== here) {
    hung = here;
    const cell = (count, face, text) =>
      make('span', { onclick: () => choose(count) }, face, make('span', { textContent: text }));
    strip.replaceChildren(
      cell(0, make('span', { className: 'no-scale' }), '0'),
      ...record.sides.map((side, scale) => {
        const canvas = make('canvas', { 'aria-hidden': 'true' });
        drawFrame(canvas, record, scale, picture);
        return cell(scale + 1, canvas, `${side}×${side}`);
      }),
    );
  }
  [...strip.children].forEach((cell, index) => {
    cell.classList.toggle('kept', index > 0 && index <= keep);
    cell.classList.toggle('edge', index === keep);
  });
  const note = fill(rangeWord('keep', keep, total()), { keep, total: total() });
  strip.setAttribute('aria-valuemax', total());
  strip.setAttribute('aria-valuenow', keep);
  strip.setAttribute('aria-valuetext', note);
  part('keep-note').textContent = note;
}

// --- results -------------------------------------------------------------------------------------------------------

const reel = film(part('film'), { pick: (index) => goOn(shownJob(), index - (shownJob().orphan ? 0 : 1)) });
const morphReel = film(part('morph-film'), {
  pick: (index) => goOn(here.morph[index - 1], 0),
});
const shownJob = () => here.shown || (here.record.run === 'example' && cold && cold.orphan ? cold : null);

// A show that was made beforehand started from the page's example. Where that lies on the table, it joins the tree: the
// kept scales, the class and the model are what siblings have in common; finer ones may differ by the rounding of
// another machine.
function hangExhibit() {
  if (!cold || here.shown) return;
  const { asked, record } = cold.value;
  const start = (ids) => ids.slice(0, cold.keep).join();
  const same = record.model === root.record.model && record.class_id === root.record.class_id
    && start(asked.past.ids) === start(sourceOf(root).ids);
  cold.orphan = !same;
  if (!same) return;
  cold.node = root;
  root.jobs.set(cold.keep, cold);
  root.shown = cold;
}

function renderFilm() {
  const job = shownJob();
  const { record, picture } = here;
  const own = { ...reelOf(record, picture), title: words().original, off: true };
  part('result-title').textContent = job ? fill(rangeWord('result', job.keep, total()), { keep: job.keep }) : '';
  part('result-note').textContent = !job || !job.beforehand ? ''
    : fill(words()[job.orphan ? 'prepared_elsewhere' : 'prepared'], { subject: subjectOf(job.value.record) });
  const value = job && job.value;
  const asked = job ? Array.from({ length: job.values.count }, (_, at) => (job.values.seed + at) % (MOST_SEED + 1)) : [];
  const seeds = value ? value.seeds : asked;
  const prints = seeds.map((seed, index) => ({
    ...reelOf(value || { frames: [], columns: 1, seeds }, index), off: !value || !value.record || job.orphan,
    title: fill(words().sibling, { index: index + 1, seed }), action: fill(words().go_on, { index: index + 1 }),
  }));
  const key = job ? job.ticket : `${record.run} ${picture}`;
  const sides = job && job.orphan ? job.value.record.sides : record.sides;
  reel.show({ key, sides, prints: job && job.orphan ? prints : [own, ...prints] });
}

function renderStatus() {
  const job = active || shownJob();
  const value = job && job.value;
  const facts = value ? { scale: value.frames.length, total: value.total, ahead: value.ahead } : {};
  const siblings = shownJob()?.value?.record;
  let text = value && (active || !job.beforehand) ? fill(words()[value.state], facts) : '';
  if (active && value?.state === 'working' && !facts.scale) text = '';
  if (siblings && siblings === lab.record && !busy()) text = words().on_table;
  part('status').textContent = text;
  part('table').hidden = busy() || !siblings || siblings === lab.record;
  part('table-original').hidden = busy() || here.record === lab.record;
}

function columnsIn(box, items, most) {
  box.replaceChildren(...items.map(({ name, value, text, label, mark }) => {
    const fillBar = make('span');
    fillBar.style.height = value === null ? '100%' : `${most > 0 ? Math.max((100 * value) / most, 0) : 0}%`;
    return make(
      'li', { className: [value === null ? 'missing' : '', mark ? 'now' : ''].join(' ').trim() },
      make('span', { className: 'value', textContent: text, 'aria-hidden': 'true' }),
      make('span', { className: 'bar', 'aria-hidden': 'true' }, fillBar),
      make('span', { className: 'name', textContent: name, 'aria-hidden': 'true' }),
      make('span', { className: 'branch-said', textContent: label }),
    );
  }));
}

const percentItems = (shares, sides, template) => sides.map((side, scale) => {
  const share = shares[scale] ?? null;
  if (share === null) return { name: side, value: null, text: '·', label: '' };
  const percent = (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0);
  const facts = { scale: scale + 1, side, percent };
  return { name: side, value: share, text: percent, label: fill(template, facts) };
});

function renderAnswer() {
  const job = shownJob();
  const facts = job && job.value && job.value.facts;
  const box = part('answer');
  box.hidden = !facts || facts.rmse === undefined;
  if (box.hidden) return;
  const { value } = job;
  const sides = (value.record || here.record).sides;
  const pairs = (value.seeds.length * (value.seeds.length - 1)) / 2;
  part('answer-title').textContent =
    value.state === 'finished' ? words().answer_title : fill(words().answer_so_far, { scale: value.frames.length });
  part('differ').textContent = facts.psnr === null ? words().equal
    : fill(words().differ, { rmse: facts.rmse.toFixed(1), psnr: facts.psnr.toFixed(1), pairs });
  renderShares(facts.shared, value.state === 'finished' ? job.guess : null);
  columnsIn(part('tokens'), percentItems(facts.tokens, sides, words().tokens_item), 1);
  const values = spreadOf(job);
  // One colour scale for all that was drawn from this original, or every map would look alike.
  const measured = [job, ...here.jobs.values()].filter((one) => one.value && one.value.facts.spread);
  const high = Math.max(...measured.map((one) => Math.max(...spreadOf(one))));
  heat(part('spread'), values, facts.spread_side, 0, high);
  part('spread').setAttribute('aria-label', fill(words().spread_alt, { low: 0, high: high.toFixed(1) }));
  legend(part('spread-legend'), 0, high, words().levels, 1);
  const pixels = Math.round((value.record || here.record).image_side / facts.spread_side);
  part('spread-note').textContent = fill(words().spread_note, { pixels });
}

const spreads = new WeakMap(); // by facts
function spreadOf(job) {
  const { facts } = job.value;
  if (!spreads.has(facts)) spreads.set(facts, unpack(facts.spread, Float32Array));
  return spreads.get(facts);
}

function renderShares(shared, guess) {
  let [right, all] = [0, 0];
  part('shares').replaceChildren(...ASPECTS.map((aspect) => {
    const value = shared[aspect];
    const said = guess && guess.includes(aspect);
    let verdict = value === null ? words().unmeasured : '';
    if (guess && value !== null) {
      const hit = said === value >= SHARED_FROM;
      [right, all] = [right + (hit ? 1 : 0), all + 1];
      verdict = `${words()[said ? 'said_shared' : 'said_other']} · ${words()[hit ? 'right' : 'wrong']}`;
    }
    const bar = make('span');
    bar.style.width = `${100 * Math.max(value || 0, 0)}%`;
    return make(
      'li', {}, make('span', { textContent: words()[aspect] }),
      make('span', { className: 'meter', 'aria-hidden': 'true' }, bar),
      make('span', { textContent: value === null ? '–' : value.toFixed(2) }),
      make('span', { className: 'said', textContent: verdict }),
    );
  }));
  part('score').textContent = guess && all ? fill(words().score, { right, all }) : '';
}

function renderChart() {
  const measure = measureBox.value;
  const found = Array.from({ length: total() + 1 }, (_, count) => {
    const job = here.jobs.get(count);
    const facts = job && job.value && job.value.state === 'finished' ? job.value.facts : null;
    if (facts) return measure === 'rmse' ? facts.rmse : facts.shared[measure];
    return count === total() ? (measure === 'rmse' ? 0 : 1) : null;
  });
  const most = measure === 'rmse' ? Math.max(...found, 0) : 1;
  columnsIn(part('chart'), found.map((value, count) => {
    const text = value === null ? '·' : value.toFixed(measure === 'rmse' ? 1 : 2);
    const template = words()[value === null ? 'chart_missing' : 'chart_item'];
    const label = fill(template, { keep: count, total: total(), value: text });
    return { name: count, value, text, label, mark: count === keep };
  }), most);
}

// --- another class -------------------------------------------------------------------------------------------------

async function learnClasses() {
  const { model } = here.record;
  if (classes.model === model) return;
  classes = { model, list: [] };
  try {
    const answer = await ask('branch_classes', {}, { latest: false, model });
    if (classes.model === model) classes.list = answer.classes;
  } catch (error) {
    trouble = error.message;
  }
  render();
}

function layClasses() {
  const own = here.record.switch ? here.record.switch.class_id : here.record.class_id;
  const language = words().language === 'zh' ? 2 : 1;
  const key = `${classes.model} ${classes.list.length} ${language} ${own}`;
  if (classBox.dataset.key === key) return;
  const before = classBox.value;
  classBox.dataset.key = key;
  classBox.replaceChildren(...classes.list.filter((one) => one[0] !== own)
    .map((one) => make('option', { value: one[0], textContent: one[language] })));
  if ([...classBox.options].some((option) => option.value === before)) classBox.value = before;
}

function drawMorph() {
  const made = ['keep', 'replay'].map((cache) => ({
    kind: 'morph', node: here, keep, ticket: ticketOf(), value: null,
    values: { class_id: Number(classBox.value), cache },
  }));
  here.morph = made;
  begin([...made]);
}

function renderMorph() {
  layClasses();
  const why = morphRefusal();
  part('morph-note').textContent = why;
  morphDraw.disabled = busy() || Boolean(why) || Boolean(refusal()) || !classes.list.length;
  const made = here.morph;
  part('morph-result').hidden = !made;
  if (!made) return;
  const own = { ...reelOf(here.record, here.picture), title: words().original, off: true };
  const prints = made.map((job) => ({
    ...reelOf(job.value || { frames: [], columns: 1, seeds: [0] }), off: !job.value || !job.value.record,
    title: `${words()[`morph_${job.values.cache}`]} · ${className(job.values.class_id)}`, action: words().morph_go_on,
  }));
  morphReel.show({ key: made[0].ticket, sides: here.record.sides, prints: [own, ...prints] });
  for (const job of made) {
    const shares = (job.value && job.value.facts.equal) || [];
    columnsIn(part(`equal-${job.values.cache}`), percentItems(shares, here.record.sides, words().morph_item), 1);
  }
}

// --- all of it -----------------------------------------------------------------------------------------------------

// A button that has just become useless hands its focus to its neighbour: the starter to Stop, Stop to the starter.
function passFocus(held) {
  if (!held || !held.disabled || !element.contains(held)) return;
  const stop = held.dataset.act === 'stop';
  held.parentElement.querySelector(stop ? 'button:not(:disabled)' : '[data-act="stop"]:not(:disabled)')?.focus();
}

function render() {
  if (!here) return;
  const held = document.activeElement;
  const why = refusal();
  complain(complaint, trouble || why);
  drawButton.textContent = fill(words().draw, { count: countBox.value });
  for (const button of [drawButton, othersButton, measureAll]) button.disabled = busy() || Boolean(why);
  for (const button of stopButtons) button.disabled = !busy();
  renderTree();
  renderStrip();
  renderFilm();
  renderStatus();
  renderAnswer();
  renderChart();
  renderMorph();
  passFocus(held);
}

drawButton.addEventListener('click', () => { trouble = ''; drawSiblings(firstSeed()); });
othersButton.addEventListener('click', () => {
  trouble = '';
  seedBox.value = Math.floor(Math.random() * (MOST_SEED + 1));
  drawSiblings(firstSeed());
});
for (const button of stopButtons) button.addEventListener('click', halt);
measureAll.addEventListener('click', () => {
  trouble = '';
  const seed = firstSeed();
  if (seed === null) return render();
  const counts = Array.from({ length: total() }, (_, count) => count);
  const missing = counts.filter((count) => here.jobs.get(count)?.value?.state !== 'finished');
  begin((missing.length ? missing : counts).map((count) => branchJob(count, seed)));
});
morphDraw.addEventListener('click', () => { trouble = ''; drawMorph(); });
countBox.addEventListener('change', render);
measureBox.addEventListener('change', renderChart);
part('table').addEventListener('click', () => { lab.put(shownJob().value.record); render(); });
part('table-original').addEventListener('click', () => {
  lab.put(here.record);
  lab.select({ picture: here.picture });
  render();
});
part('guesses').addEventListener('click', (event) => {
  const chosen = event.target.closest('button');
  if (!chosen) return;
  const on = chosen.getAttribute('aria-pressed') !== 'true';
  chosen.setAttribute('aria-pressed', String(on));
  for (const button of part('guesses').querySelectorAll('button')) { // nothing, or something
    const other = (button.value === 'nothing') !== (chosen.value === 'nothing');
    if (on && other) button.setAttribute('aria-pressed', 'false');
  }
});

watch('value', receive);
follow((what) => {
  if (what === 'record') adopt(lab.record);
  const { picture } = lab.selection;
  if (what === 'selection' && here === root && lab.record === root.record && picture !== root.picture
    && !root.children.length && !root.jobs.size && !busy()) {
    root = here = nodeOf(root.record, picture);
  }
  render();
});
ask('exhibit', 'branch', { latest: false }).then((value) => {
  if (!value || !value.record) return;
  const { asked } = value;
  cold = { kind: 'branch', keep: asked.keep, ticket: 'exhibit', guess: null, values: asked, value, beforehand: true };
  if (here) hangExhibit();
  render();
}, (error) => complain(complaint, error));
