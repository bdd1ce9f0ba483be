// The sides of a comparison: their settings, the one that is on the table, and drawing those that are not there yet,
// one after the other, each with a ticket by which its values are known.

let line = []; // sides still to be drawn
let running = null;
let ticket = 0;
let scene = 0;

function settingsOf(record, index) {
  const { guidance, top_k, top_p, temperature, smooth } = record.options;
  return {
    model: record.model, class_id: record.class_id, seed: record.pictures[index].seed, guidance, top_k: top_k || 0,
    top_p: top_p || 0, temperature, smooth,
  };
}

const fresh = (settings) => ({ settings, frames: [], index: 0, columns: 1, count: 1, picture: null });
const alike = (one, two) => Object.keys(one).every((key) => one[key] === two[key]);

// A picture that was given tokens, or changed its class on the way, is not what its settings alone would draw.
const isPlain = (record, picture) =>
  !record.switch && !record.sides.some((_, scale) => column(picture, 'kept', scale)?.includes(1));

function fromTable() {
  const { record, selection } = lab;
  const index = selection.picture;
  if (!isPlain(record, record.pictures[index])) return fresh(settingsOf(record, index));
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
  const stop = part('stop');
  const held = document.activeElement === stop;
  stop.hidden = !running;
  const parts = [choice ? words()[`told_${choice}`] : ''];
  if (choice && choice !== 'own' && lab.record && !fromTable().picture) parts.push(words().afresh);
  if (shownSides.some((side) => side.settings.smooth)) parts.push(words().smooth_told);
  if (running) parts.push(fill(running.ahead ? words().queued : words().drawing, { name: letter(running), ahead: running.ahead }));
  told.textContent = parts.filter(Boolean).join(' ');
  [...quick.children].forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.choice === choice)));
  if (held && !running) (quick.querySelector('[aria-pressed="true"]') || part('draw')).focus();
}
