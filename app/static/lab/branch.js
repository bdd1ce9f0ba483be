// Branch and morph: which original is in force, how many of its scales are kept, and drawing it all after a change. A
// tree of originals is kept, each with what was drawn from it; the parts stand in branch_*.js, before this.

const [complaint, drawButton, othersButton, measureAll] = ['complaint', 'draw', 'others', 'measure-all'].map(part);
const stopButtons = [...element.querySelectorAll('[data-act="stop"]')];

let root = null; // the tree of originals
let here = null; // the one in force
let keep = 5;
let cold = null; // a finished show that was made beforehand
let trouble = ''; // what was wrong with the last wish

const total = () => here.record.sides.length;
const rangeWord = (base, count, all) =>
  words()[`${base}_${count === 0 ? 'none' : count === all ? 'all' : count === 1 ? 'one' : 'some'}`];

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
  measureAll.disabled ||= Array.from({ length: total() }, (_, count) => count).every(measured);
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

const measured = (count) => here.jobs.get(count)?.value?.state === 'finished';

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
  const missing = counts.filter((count) => !measured(count));
  here.swept = true;
  begin(missing.map((count) => ({ ...branchJob(count, seed), sweep: true })));
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
