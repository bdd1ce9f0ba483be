// What the story does elsewhere on the page: it opens a room, works a control there, and leaves a way back.

const PATIENCE = 12_000; // ms until a room must be ready

// Resolves with what `look` finds, or null.
function found(look, patience = PATIENCE) {
  const until = performance.now() + patience;
  return new Promise((resolve) => {
    const turn = () => {
      const node = look();
      if (node || performance.now() > until) return resolve(node || null);
      window.setTimeout(turn, 60);
    };
    turn();
  });
}

const inRoom = (room, selector) => document.querySelector(`#lab-${room} ${selector}`);
const partIn = (room, name) => inRoom(room, `[data-part="${name}"]`);
const seen = (node) => node && node.offsetParent !== null && !node.disabled ? node : null;

// Shows a control and puts the focus there, so that one may go on with it.
function point(node, focus = node) {
  node.scrollIntoView({ block: 'center', behavior: calm.matches ? 'auto' : 'smooth' });
  focus.focus({ preventScroll: true });
}

function press(node, around = node) {
  point(around, node);
  node.click();
}

// Each is given the facts of the step, and says whether the control was there to be worked.
const ROOM_OF = {
  smooth: 'generate', film: 'generate', first: 'anatomy', whole: 'anatomy', keep: 'branch', guidance: 'compare', sure: 'inspect',
  cost: 'compare', tokens: 'picture',
};
const ACTS = {
  smooth: () => withoutSmooth(),
  async film() {
    const play = await found(() => seen(document.querySelector('#player [data-part="play"]')));
    if (play) press(play);
    return play;
  },
  first: (facts) => takeApart(0, facts),
  whole: ({ scale }) => takeApart(scale - 1),
  async keep({ keep }) {
    const strip = await found(() => seen(partIn('branch', 'strip')));
    const cell = await found(() => strip?.children[keep]);
    if (!cell) return null;
    cell.click();
    const button = await found(() => seen(partIn('branch', 'draw')));
    if (button) press(button);
    return button;
  },
  async guidance() {
    const button = await found(() => seen(inRoom('compare', '[data-choice="off"], [data-choice="on"]')));
    if (button) press(button);
    return button;
  },
  async sure({ low_index: index, scale }) {
    const pick = await found(() => seen(partIn('inspect', 'measure')));
    if (!pick) return null;
    lab.select({ scale: scale - 1, index });
    pick.value = 'probability';
    pick.dispatchEvent(new Event('change', { bubbles: true }));
    const mosaic = partIn('inspect', 'mosaic');
    point(mosaic);
    return mosaic;
  },
  async cost() {
    const clock = await found(() => partIn('compare', 'clocks')?.children[1]);
    if (!clock) return null;
    clock.click();
    const play = await found(() => seen(partIn('compare', 'race-play')) || seen(partIn('compare', 'race-end')));
    if (play) press(play, partIn('compare', 'race'));
    return play;
  },
  async tokens() {
    const samples = await found(() => partIn('picture', 'samples')?.querySelector('button:has(img)'));
    if (!samples) return null;
    press(samples);
    return samples;
  },
};

// The room “One step” at a scale, its first part shown; the rest is one key away.
async function takeApart(scale) {
  lab.select({ scale });
  const there = () => inRoom('anatomy', `[data-part="lab"][data-scale="${scale}"]`) && seen(partIn('anatomy', 'forward'));
  const forward = await found(there);
  if (!forward) return null;
  while (!partIn('anatomy', 'back').disabled) partIn('anatomy', 'back').click();
  press(forward);
  return forward;
}

// Rooms that take a picture apart refuse a smooth one. All is made ready for another; drawing it is left to the person.
const withoutSmooth = async () => {
  const box = () => document.querySelector('#smooth input[type="checkbox"]');
  const more = await found(() => document.querySelector('#more button'));
  if (!seen(box())) more?.click();
  const smooth = await found(() => seen(box()), 3000);
  if (smooth?.checked) smooth.click();
  const button = await found(() => seen(document.querySelector('#generate')), 3000);
  if (button) point(button);
  return smooth && button;
};

async function perform(name, known, label, number) {
  offerWayBack(number);
  await openRoom(ROOM_OF[name]);
  const done = await ACTS[name](known);
  const chip = chipNode();
  chip.nextElementSibling.textContent = fill(words()[done ? 'opened' : 'not_found'], { act: label });
}

// --- the way back ------------------------------------------------------------------------------------------------

// One button for the page, over whatever room is open.
function chipNode() {
  let chip = document.getElementById('story-chip');
  if (chip) return chip;
  const home = element.closest('.contain') || document.body; // the page's style sheet reaches no further
  chip = make('button', { type: 'button', id: 'story-chip', className: 'story-chip', hidden: true });
  home.append(chip, make('p', { className: 'story-said', role: 'status' }));
  return chip;
}

function offerWayBack(number) {
  const chip = chipNode();
  chip.dataset.step = number;
  chip.hidden = false;
  sayChip();
}

function sayChip() {
  const chip = chipNode();
  chip.textContent = `← ${fill(words().back_to_story, { step: chip.dataset.step })}`;
}

function closeChip() {
  const chip = chipNode();
  chip.hidden = true;
  chip.nextElementSibling.textContent = '';
}

async function comeBack() {
  closeChip();
  await openRoom('story');
  focusTitle();
}

function layWayBack() {
  chipNode().onclick = comeBack;
  const escape = (event) => {
    if (!element.isConnected) return document.removeEventListener('keydown', escape);
    if (event.key !== 'Escape' || event.defaultPrevented || chipNode().hidden) return;
    if (event.target.closest?.('select, [role="combobox"], [role="listbox"], dialog')) return;
    comeBack();
  };
  document.addEventListener('keydown', escape);
  // Whoever comes back by the tab needs no chip.
  let [away, closed] = [false, true];
  new IntersectionObserver((entries) => {
    const here = entries[entries.length - 1].isIntersecting;
    if (here && away) closeChip();
    if (here && closed) opened();
    [away, closed] = [!here, element.offsetParent === null];
  }).observe(part('lab'));
}
