// The race of the two orders: token by token in a raster, or scale by scale, on the clock of passes, arithmetic, or
// measured time. Here is what is raced, which clock runs, and what is said; its numbers come with the fact "race".

let racers = []; // of the fact "race"
let racer = 0;
const paces = {}; // model → { single, next }
let chosenClock = 'passes';
let clock = 'passes'; // the chosen one, wherever it can run

const racing = () => racers[racer];
const paceOf = () => paces[racing()?.name];

function radios(box, entries, chosen, choose) {
  const held = box.contains(document.activeElement);
  box.replaceChildren(...entries.map(([key, text, off]) => make('button', {
    type: 'button', role: 'radio', textContent: text, 'aria-checked': String(key === chosen), disabled: Boolean(off),
    title: off || '', tabIndex: key === chosen ? 0 : -1, onclick: () => choose(key),
  })));
  if (held) box.querySelector('[aria-checked="true"]')?.focus();
  box.onkeydown = (event) => {
    const keys = entries.filter(([, , off]) => !off).map(([key]) => key);
    const at = keys.indexOf(chosen);
    const to = {
      ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: keys.length - 1,
    }[event.key];
    if (to === undefined || !keys[to]) return;
    event.preventDefault();
    choose(keys[to]);
  };
}

function sayRace() {
  if (!racing()) return;
  const off = racer ? fill(words().told_unmeasured, { size: racing().name, model: racers[0].name }) : '';
  const clocks = [
    ['passes', words().clock_passes], ['flops', words().clock_flops], ['measured', words().clock_measured, off],
  ];
  radios(part('clocks'), clocks, clock, chooseClock);
  radios(part('sizes'), racers.map((one, at) => [at, one.name]), racer, (at) => { racer = at; schedule(); });
  part('sizes').hidden = racers.length < 2;
  const pace = paceOf();
  const { next: ours, raster } = racing();
  const now = fill(words()[`told_${clock}`], {
    passes: number(ours.passes), raster: number(raster.passes),
    ...(pace && { single: number(pace.single, 1), all: number(total(pace.next), 0) }),
  });
  part('clock-told').textContent = [now, off].filter(Boolean).join(' ');
  part('race-step').hidden = part('race-end').hidden = false;
  racePlay.hidden = calm.matches;
  racePlay.textContent = raceFrame ? words().pause : words().play;
  layRaceTable();
  drawRace();
}

function layRaceTable() {
  const pace = paceOf();
  const { next: ours, raster } = racing();
  const times = pace ? [total(pace.next), pace.single * raster.passes] : [null, null];
  const timed = ([time, said]) => (time === null ? words().not_measured : said ? fill(said, { time: number(time) }) : number(time));
  const row = (name, lane, ...time) => make('tr', {}, make('th', { scope: 'row', textContent: name }),
    ...[number(lane.passes), number(lane.tokens), number(total(lane.flops) / 1e9, digitsOf(total(lane.flops))),
      timed(time)].map((text) => make('td', { textContent: text })));
  const head = make('tr', {}, ...['order', 'passes', 'tokens', 'flops', 'time'].map((key) =>
    make('th', { scope: 'col', textContent: words()[key] })));
  part('race-table').replaceChildren(make('thead', {}, head),
    make('tbody', {}, row(words().next_order, ours, times[0]), row(words().raster_order, raster, times[1], words().estimated)));
  const facts = { ratio: number(total(ours.flops) / total(raster.flops), 1), passes: number(ours.passes), raster: number(raster.passes) };
  const lesson = [fill(words().race_lesson, facts)];
  if (pace) {
    const quicker = times[1] / times[0];
    const speed = quicker >= 1 ? fill(words().faster, { factor: number(quicker, 1) }) : fill(words().slower, { factor: number(1 / quicker, 1) });
    lesson.push(fill(words().race_lesson_time, {
      next: number(times[0]), raster: number(times[1]), passes: number(raster.passes), single: number(pace.single, 1), speed,
    }));
  }
  part('race-lesson').textContent = lesson.join(' ');
}

async function chooseClock(name) {
  if (name === 'measured' && !paceOf()) {
    part('clock-told').textContent = words().told_measuring;
    await takePace();
    if (!paceOf()) return;
  }
  chosenClock = name;
  schedule();
}

async function takePace() {
  const { name } = racers[0];
  try {
    paces[name] = await ask('pace', {}, { latest: false, model: name });
    complain(part('race-complaint'), null);
  } catch (error) {
    complain(part('race-complaint'), error);
  }
}

async function beginRace() {
  const model = lab.record?.model || '';
  try {
    racers = (await ask('race', {}, { latest: false, model })).entries;
  } catch (error) {
    return complain(part('race-complaint'), error);
  }
  racer = 0;
  schedule();
  await catalogued;
  if (lab.record && !isHeavy(lab.record) && !paceOf()) {
    await takePace();
    sayRace();
  }
}

calm.addEventListener('change', () => sayRace());
