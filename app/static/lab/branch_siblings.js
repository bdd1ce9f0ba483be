// What was drawn: the original and its siblings in one film, where it came from, and how the drawing stands.

const reel = film(part('film'), { pick: (index) => goOn(shownJob(), index - (shownJob().orphan ? 0 : 1)) });
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
