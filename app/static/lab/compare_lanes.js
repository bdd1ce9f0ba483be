// The lanes of the race: how far each of the two orders has come on the chosen clock, painted onto the picture on the
// table and counted; playing it and going through it by hand.

const RACE = 12_000; // ms that the slower lane takes on the screen
const lanes = Object.fromEntries(['next', 'raster'].map((key) => {
  const node = part(`lane-${key}`);
  return [key, { node, canvas: node.querySelector('canvas'), list: node.querySelector('dl'), caption: node.querySelector('figcaption') }];
}));
const [racePlay, raceSlider] = ['race-play', 'race-slider'].map(part);
let raceAt = 0; // in units of the clock
let raceFrame = null;

// When each pass of a lane ends, on the chosen clock.
function ends(key) {
  const { flops, passes } = racing()[key];
  let at = 0;
  return Array.from({ length: passes }, (_, pass) => {
    if (clock === 'flops') at += flops[pass];
    else if (clock === 'measured') at += key === 'next' ? paceOf().next[pass] : paceOf().single;
    else at += 1;
    return at;
  });
}

const doneAt = (list, at) => list.filter((end) => end <= at * (1 + 1e-9)).length;
let finish = { next: [], raster: [], all: 1 };

function schedule(where) {
  clock = chosenClock === 'measured' && !paceOf() ? 'passes' : chosenClock;
  finish = { next: ends('next'), raster: ends('raster') };
  finish.all = Math.max(finish.next.at(-1), finish.raster.at(-1));
  halt();
  // Still, it shows the moment at which the first lane is done; without motion, the end.
  raceAt = where === 'end' || calm.matches ? finish.all : Math.min(finish.next.at(-1), finish.raster.at(-1));
  sayRace();
}

function halt() {
  if (raceFrame) cancelAnimationFrame(raceFrame);
  raceFrame = null;
  racePlay.textContent = words().play;
}

function runRace() {
  if (raceFrame) return halt();
  if (raceAt >= finish.all) raceAt = 0;
  const [begun, from] = [performance.now(), raceAt];
  racePlay.textContent = words().pause;
  const beat = () => {
    if (!element.isConnected) return;
    raceAt = Math.min(finish.all, from + ((performance.now() - begun) / RACE) * finish.all);
    if (raceAt >= finish.all) halt();
    else raceFrame = requestAnimationFrame(beat);
    drawRace();
  };
  raceFrame = requestAnimationFrame(beat);
}

function toRace(at) {
  halt();
  raceAt = Math.min(Math.max(at, 0), finish.all);
  drawRace();
}

function nextPass() {
  const ahead = [...finish.next, ...finish.raster].filter((end) => end > raceAt * (1 + 1e-9));
  toRace(ahead.length ? Math.min(...ahead) : 0);
}

// The picture on the table, as far as a lane has come; without one, its cells.
function drawLane(key, done) {
  const { canvas } = lanes[key];
  const pen = canvas.getContext('2d');
  const { record } = lab;
  const { sides } = racing();
  const last = sides.at(-1);
  const fits = record && record.sides.join() === sides.join();
  const drawnScale = key === 'next' ? done - 1 : sides.length - 1;
  const mine = `${key} ${done} ${racer} ${record?.run}`;
  canvas.wanted = mine;
  const paint = (sheet) => {
    if (canvas.wanted !== mine) return;
    const size = 256;
    pen.clearRect(0, 0, size, size);
    if (!done) return;
    const whole = () => {
      if (!sheet) {
        pen.fillStyle = getComputedStyle(element).getPropertyValue('--accent');
        return pen.fillRect(0, 0, size, size);
      }
      const index = lab.selection.picture;
      const rows = Math.max(1, Math.ceil(record.pictures.length / record.columns));
      const [width, height] = [sheet.naturalWidth / record.columns, sheet.naturalHeight / rows];
      pen.drawImage(sheet, (index % record.columns) * width, Math.floor(index / record.columns) * height, width, height, 0, 0, size, size);
    };
    if (key === 'next') return whole();
    const cell = size / last;
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, size, Math.floor(done / last) * cell);
    pen.rect(0, Math.floor(done / last) * cell, (done % last) * cell, cell);
    pen.clip();
    whole();
    pen.restore();
  };
  if (!fits) return paint(null);
  const source = record.frames[Math.max(drawnScale, 0)];
  const ready = pictures.get(source);
  if (ready?.complete && ready.naturalWidth) paint(ready);
  else pictureOf(source).then(paint, () => paint(null));
}

function drawRace() {
  const done = { next: doneAt(finish.next, raceAt), raster: doneAt(finish.raster, raceAt) };
  for (const key of ['next', 'raster']) {
    const { canvas, list, caption } = lanes[key];
    const { passes, flops } = racing()[key];
    drawLane(key, done[key]);
    canvas.setAttribute('aria-label', fill(words().lane_alt, { name: caption.textContent, passes: done[key], all: passes }));
    const made = flops.slice(0, done[key]).reduce((sum, one) => sum + one, 0);
    const all = flops.reduce((sum, one) => sum + one, 0);
    const tokens = key === 'next' ? racing().sides.slice(0, done.next).reduce((sum, side) => sum + side ** 2, 0) : done.raster;
    const facts = [
      [words().passes, `${number(done[key])} / ${number(passes)}`],
      [words().tokens, `${number(tokens)} / ${number(racing()[key].tokens)}`],
      [words().flops, `${number(made / 1e9, digitsOf(all))} / ${number(all / 1e9, digitsOf(all))}`],
    ];
    if (clock === 'measured') {
      const spent = Math.min(raceAt, finish[key].at(-1));
      facts.push([words()[key === 'next' ? 'time' : 'time_estimated'], `${number(spent)} / ${number(finish[key].at(-1))}`]);
    }
    if (list.children.length !== facts.length) {
      list.replaceChildren(...facts.map(() => make('div', {}, make('dt'), make('dd'))));
    }
    facts.forEach(([name, value], at) => {
      list.children[at].children[0].textContent = name;
      list.children[at].children[1].textContent = value;
    });
  }
  raceSlider.value = Math.round((1000 * raceAt) / finish.all);
  raceSlider.setAttribute('aria-valuetext', fill(words().race_at, {
    next: done.next, next_all: racing().next.passes, raster: done.raster, raster_all: racing().raster.passes,
  }));
}

const digitsOf = (flops) => (flops < 1e10 ? 2 : 0);
const total = (list) => list.reduce((sum, one) => sum + one, 0);

racePlay.addEventListener('click', runRace);
part('race-step').addEventListener('click', nextPass);
part('race-end').addEventListener('click', () => toRace(finish.all));
raceSlider.addEventListener('input', () => toRace((Number(raceSlider.value) / 1000) * finish.all));
