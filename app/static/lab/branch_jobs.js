// Jobs. Every draw is one, with a ticket which its ShowValue brings back in `asked`; values of other tickets are late
// and only kept with their job. Jobs wait in a queue of their own, and begin only where nothing speaks against it.

const MOST_SEED = 4294967295;
const [countBox, seedBox] = ['count', 'seed'].map(part);

let active = null; // the job that the model works on
let queue = []; // jobs that come after it
const jobs = new Map();

const busy = () => active !== null;

// Why not, or an empty text. Scales of an edited picture hold given tokens only in places.
function refusal() {
  if (here.record.options.smooth) return words().smooth;
  const lost = here.record.sides.slice(keep).some((_, index) => {
    const given = column(sourceOf(here), 'kept', keep + index);
    return given && given.includes(1) && given.includes(0);
  });
  return lost ? words().edited : '';
}

function firstSeed() {
  const seed = Number(seedBox.value);
  if (seedBox.value.trim() !== '' && Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED) return seed;
  trouble = fill(words().bad_seed, { received: seedBox.value || '–' });
  return null;
}

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
