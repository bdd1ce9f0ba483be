// --- closer: the token grid, one picture of several, scrubbing on the picture itself ---------------------------

const DRAG = 8; // px before a press becomes a scrub

const columnsOf = () => Math.ceil(Math.sqrt(Math.max(1, value.seeds.length)));
const rowsOf = () => Math.ceil(Math.max(1, value.seeds.length) / columnsOf());

// Left, top, width and height of what is to be drawn of a sheet.
function cutOf(picture) {
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  if (closer === null) return [0, 0, width, height];
  const [wide, high] = [width / columnsOf(), height / rowsOf()];
  return [(closer % columnsOf()) * wide, Math.floor(closer / columnsOf()) * high, wide, high];
}

// The last places of a sheet may hold no picture: the paper shows there.
function clearPlaces(width, height) {
  if (closer !== null) return;
  const [wide, high] = [width / columnsOf(), height / rowsOf()];
  for (let place = value.seeds.length; place < columnsOf() * rowsOf(); place += 1) {
    pen.clearRect((place % columnsOf()) * wide, Math.floor(place / columnsOf()) * high, wide, high);
  }
}

// The layer over the canvas lies exactly on the pictures, which may not fill the print.
function layOver() {
  const [columns, rows] = closer === null ? [columnsOf(), rowsOf()] : [1, 1];
  const most = Math.max(columns, rows);
  over.style.setProperty('--over-width', `${(100 * columns) / most}%`);
  over.style.setProperty('--over-height', `${(100 * rows) / most}%`);
  const side = shown >= 0 && shown < frames.length ? frames[shown].frame.side : 0;
  lines.hidden = grid.getAttribute('aria-pressed') !== 'true' || !side;
  lines.style.setProperty('--across', side * columns);
  lines.style.setProperty('--down', side * rows);
}

const nearer = () =>
  ({ number: closer + 1, count: value.seeds.length, seed: value.seeds[closer], subject: subjectOf(value) });

function look(index) {
  const from = closer ?? 0;
  closer = index;
  layPicks();
  if (shown >= 0) draw(shown);
  tell();
  picks.children[index === null ? from : 0]?.focus({ preventScroll: true });
}

document.addEventListener('keydown', (event) => {
  const seen = player.offsetParent !== null; // in the room that is open
  if (event.key === 'Escape' && !event.defaultPrevented && closer !== null && seen) look(null);
});

function layPicks() {
  const count = value.seeds.length;
  picks.style.setProperty('--columns', closer === null ? columnsOf() : 1);
  const ways = count < 2 ? [] : closer === null ? value.seeds.map((seed, index) => [index, seed]) : [[null, 0]];
  picks.replaceChildren(...ways.map(([index, seed]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = index === null ? 'whole' : 'one';
    const text = index === null ? words().whole : fill(words().closer, { number: index + 1, seed });
    button.setAttribute('aria-label', text);
    button.title = text;
    if (index === null) {
      const way = document.createElement('span');
      way.textContent = `← ${text}`;
      button.append(way);
    }
    button.addEventListener('click', () => look(index));
    return button;
  }));
}

grid.addEventListener('click', () => {
  grid.setAttribute('aria-pressed', String(grid.getAttribute('aria-pressed') !== 'true'));
  layOver();
});

let drag = null;
print.addEventListener('pointerdown', (event) => {
  if (event.button === 0 && frames.length > 1) drag = { x: event.clientX, from: shown, scrubbing: false };
});
print.addEventListener('pointermove', (event) => {
  if (!drag) return;
  const moved = event.clientX - drag.x;
  if (!drag.scrubbing && Math.abs(moved) < DRAG) return;
  if (!drag.scrubbing) print.setPointerCapture(event.pointerId);
  drag.scrubbing = true;
  choose(drag.from + Math.round((moved * value.total) / print.clientWidth));
});
for (const end of ['pointerup', 'pointercancel']) {
  print.addEventListener(end, () => {
    // The click that a scrub ends with comes right after this and is none.
    if (drag?.scrubbing) setTimeout(() => { drag = null; });
    else drag = null;
  });
}
print.addEventListener('click', (event) => drag?.scrubbing && event.stopPropagation(), true);
