// Runs of the model that a step asks for, each drawn once a record, and the pictures a step shows.

const SLOW = 12_000; // ms a run may have taken before more is drawn only on a request of its own
const KEEP = 3; // scales that siblings keep, as in the show that is made beforehand
const SIBLINGS = { count: 4, seed: 100 };
const STRENGTHS = [0, 4];
const EXHIBIT = 'branch';

const drawnRuns = new Map(); // by key: { key, kind, values, ticket, value }
const failedRuns = new Set(); // keys of those that came to nothing, until they are asked for anew
const waitingRuns = [];
let activeRun = null;
let tickets = 0;

function draw(key, kind, values) {
  if (drawnRuns.has(key)) return drawnRuns.get(key);
  const run = { key, kind, values, ticket: `story ${(tickets += 1)}`, value: null, model: record().model };
  drawnRuns.set(key, run);
  failedRuns.delete(key);
  waitingRuns.push(run);
  nextRun();
  return run;
}

function nextRun() {
  if (activeRun) return;
  activeRun = waitingRuns.shift() || null;
  if (activeRun) show(activeRun.kind, { ...activeRun.values, ticket: activeRun.ticket }, activeRun.model);
}

// Takes in a value of the stream; true if it belongs to a run of ours.
function receiveRun(value) {
  if (!activeRun || !value || value.asked?.ticket !== activeRun.ticket) return false;
  activeRun.value = value;
  if (['finished', 'stopped', 'failed'].includes(value.state)) {
    if (value.state !== 'finished') {
      drawnRuns.delete(activeRun.key);
      failedRuns.add(activeRun.key);
    }
    activeRun = null;
    nextRun();
  }
  return true;
}

const stateOf = (runs) => {
  const value = runs.map((run) => run.value).find((each) => !each || each.state !== 'finished');
  if (runs.every((run) => run.value?.state === 'finished')) return '';
  if (!value) return fill(words().drawing, { scale: 0, all: record().sides.length });
  if (value.state === 'failed' || value.state === 'stopped') return words().failed;
  if (value.state === 'waiting') return fill(words().queued, { ahead: value.ahead });
  return fill(words().drawing, { scale: value.frames.length, all: value.total });
};

// --- pictures ---------------------------------------------------------------------------------------------------

const captionOf = (canvas) => canvas.closest('figure').querySelector('figcaption');

async function picture(canvas, scale, title) {
  canvas.setAttribute('aria-label', `${subjectOf(record())}: ${title}`);
  await drawFrame(canvas, record(), scale, lab.selection.picture);
}

function averageOf(canvas) {
  const copy = make('canvas', { width: canvas.width, height: canvas.height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const sums = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) for (let each = 0; each < 3; each += 1) sums[each] += data[at + each];
  return sums.map((sum) => Math.round((4 * sum) / data.length));
}

// The finished picture, while a step waits for a guess and has nothing else to show.
function drawCover(name, open) {
  const cover = part('cover');
  const stays = name === 'tokens'; // what the bars beside it are of
  cover.toggleAttribute('data-before', !stays);
  cover.hidden = (open && !stays) || ['first', 'whole', 'sure'].includes(name);
  if (cover.hidden) return;
  picture(cover.firstElementChild, record().sides.length - 1, words().finished_picture);
  cover.lastElementChild.textContent = `${subjectOf(record())} · ${words().finished_picture}`;
}
