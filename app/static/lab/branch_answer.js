// How much the siblings differ and what they share, set against the guess; below, the same by number of scales kept.

const SHARED_FROM = 0.5;
const ASPECTS = ['layout', 'colours', 'texture'];
const measureBox = part('measure');

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
  // Measuring all can be cut short, by Stop or by another draw; then it says so, rather than leave silent gaps.
  const open = Array.from({ length: total() }, (_, count) => here.jobs.get(count)?.value?.state !== 'finished');
  const missing = open.filter(Boolean).length;
  const broken = here.swept && missing > 0 && ![active, ...queue].some((job) => job?.sweep && job.node === here);
  part('sweep-note').textContent = broken ? fill(words().measure_broken, { missing, all: total() + 1 }) : '';
  const most = measure === 'rmse' ? Math.max(...found, 0) : 1;
  columnsIn(part('chart'), found.map((value, count) => {
    const text = value === null ? '·' : value.toFixed(measure === 'rmse' ? 1 : 2);
    const template = words()[value === null ? 'chart_missing' : 'chart_item'];
    const label = fill(template, { keep: count, total: total(), value: text });
    return { name: count, value, text, label, mark: count === keep };
  }), most);
}
