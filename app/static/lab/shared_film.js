// A small player that any view may use.
//
// film(box, { pick, moved }) makes a player in `box`: prints side by side on one scrubber, with step, play and keys.
//   const reel = film(part('film'));
//   reel.show({ key: run, sides, prints: [{ ...reelOf(shown, index), title, action, pressed }] });
// `shown` is a ShowValue, or a record; frames may still grow, and are followed until the person scrubs. Another `key`
// starts anew. A print without the frame in view shows its newest, faded; until all have a first, each its newest.
// With `pick(index)` each print is a button named `action`; `moved(scale)` is told what is in view. reel.at() is that
// scale, 0-based, −1 before the first; reel.scrub(scale), reel.play(), reel.pause() do what the controls do.

const reelOf = (shown, index = 0) => ({
  frames: shown.frames, index, columns: shown.columns, count: (shown.pictures || shown.seeds).length,
});

function film(box, { pick = null, moved = null } = {}) {
  const [beat, arrival] = [420, 70]; // ms a frame in play, and at least while frames arrive
  const icon = (path) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
  };
  const [triangle, bars] = ['M4 2.5 13 8l-9 5.5z', 'M4 3h3v10H4zM9 3h3v10H9z'];
  const prints = make('div', { className: 'film-prints' });
  const back = make('button', { type: 'button', onclick: () => scrub(at - 1) }, icon('M4 3v10M13 3 6 8l7 5z'));
  const play = make('button', { type: 'button', className: 'film-play', onclick: () => (timer ? pause() : run()) });
  const forward = make('button', { type: 'button', onclick: () => scrub(at + 1) }, icon('M12 3v10M3 3l7 5-7 5z'));
  const slider = make('input', { type: 'range', min: 1, step: 1, oninput: () => scrub(Number(slider.value) - 1) });
  const caption = make('p', { className: 'quiet film-caption' });
  box.classList.add('film');
  box.replaceChildren(prints, make('div', { className: 'film-transport' }, back, play, forward, slider), caption);

  const told = () => lab.words.film || {};
  const source = (print, scale) => print.frames[scale]?.src || print.frames[scale];
  let scene = { key: null, sides: [], prints: [] };
  let at = -1;
  let following = true;
  let timer = null;
  let drawn = 0;

  // The frame that a print shows while `scale` is in view; −1 while it has none.
  const heldOf = (print, scale) => Math.min(scale < 0 ? Infinity : scale, print.frames.length - 1);
  const ready = () => Math.max(0, ...scene.prints.map((print) => print.frames.length));

  function place(scale) {
    at = scale;
    say();
    [...prints.children].forEach((figure, index) => draw(figure, scene.prints[index], at));
    if (moved) moved(at);
  }

  async function draw(figure, print, scale) {
    const canvas = figure.querySelector('canvas');
    const held = heldOf(print, scale);
    const wanted = `${scene.key} ${held} ${print.index}`;
    figure.classList.toggle('film-late', held < scale || held < 0);
    canvas.film = wanted;
    if (held < 0) {
      delete canvas.dataset.at;
      return canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
    }
    await pictureOf(source(print, held));
    if (canvas.film !== wanted) return; // scrubbed on meanwhile
    await drawCut(canvas, source(print, held), print.index, print.columns, print.count);
    canvas.dataset.at = held;
  }

  function say() {
    const [total, words] = [scene.sides.length, told()];
    const facts = { scale: at + 1, total, side: scene.sides[at] };
    caption.textContent = at < 0 ? '' : fill(at + 1 < total ? words.sum : words.finished, facts);
    slider.max = Math.max(total, 2);
    slider.value = at + 1;
    slider.style.setProperty('--at', total > 1 ? Math.max(at, 0) / (total - 1) : 0);
    slider.setAttribute('aria-label', words.scrub || '');
    slider.setAttribute('aria-valuetext', caption.textContent);
    for (const [button, word] of [[back, 'back'], [play, timer ? 'pause' : 'play'], [forward, 'forward']]) {
      button.setAttribute('aria-label', words[word] || '');
      button.title = words[word] || '';
    }
    play.replaceChildren(icon(timer ? bars : triangle));
    play.disabled = slider.disabled = ready() < 2;
    back.disabled = at <= 0;
    forward.disabled = at < 0 || at + 1 >= ready();
    [...prints.children].forEach((figure, index) => {
      const print = scene.prints[index];
      const empty = !print.frames.length;
      figure.querySelector('figcaption').textContent = print.title || '';
      const held = { title: print.title || '', scale: heldOf(print, at) + 1, total };
      const alt = fill(empty ? words.empty : words.alt, held);
      figure.querySelector('canvas').setAttribute('aria-label', alt);
      const button = figure.querySelector('button');
      if (!button) return;
      button.setAttribute('aria-label', print.action || print.title || '');
      button.title = print.action || '';
      button.disabled = Boolean(print.off);
      if (print.pressed === undefined) button.removeAttribute('aria-pressed');
      else button.setAttribute('aria-pressed', String(print.pressed));
    });
  }

  function lay(count) {
    if (prints.children.length === count) return;
    prints.style.setProperty('--count', count);
    prints.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const canvas = make('canvas', { width: 64, height: 64, role: 'img' });
      const held = pick ? make('button', { type: 'button', onclick: () => pick(index) }, canvas) : canvas;
      return make('figure', {}, held, make('figcaption'));
    }));
  }

  function show(next) {
    const anew = next.key !== scene.key;
    scene = next;
    lay(next.prints.length);
    if (anew) {
      pause();
      [at, following] = [-1, true];
      if (next.prints.every((print) => print.frames.length >= next.sides.length)) return place(next.sides.length - 1);
    }
    // With several prints the slowest is followed, so that all are seen to refine together.
    if (following) arrive();
    else place(Math.min(at, next.sides.length - 1));
  }

  let arriving = false;
  async function arrive() {
    say();
    if (arriving) return;
    arriving = true;
    const slowest = () => Math.min(...scene.prints.map((print) => print.frames.length)) - 1;
    if (slowest() <= at) place(at);
    while (following && at < slowest()) {
      const early = arrival - (performance.now() - drawn);
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      if (!following || at >= slowest()) break;
      drawn = performance.now();
      place(at + 1);
    }
    arriving = false;
  }

  function scrub(scale) {
    if (!ready()) return;
    pause();
    const to = Math.min(Math.max(scale, 0), ready() - 1);
    following = to === ready() - 1 && ready() < scene.sides.length;
    place(to);
  }

  function run() {
    if (ready() < 2) return;
    following = false;
    if (at + 1 >= ready()) place(0);
    timer = setTimeout(step, beat);
    say();
  }

  function step() {
    if (!box.isConnected || at + 1 >= ready()) return pause();
    timer = setTimeout(step, beat);
    place(at + 1);
  }

  function pause() {
    if (timer) clearTimeout(timer);
    timer = null;
    say();
  }

  prints.addEventListener('keydown', (event) => {
    const buttons = [...prints.querySelectorAll('button:not(:disabled)')];
    const from = buttons.indexOf(document.activeElement);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (from < 0 || to === undefined || !buttons[to]) return;
    event.preventDefault();
    buttons[to].focus();
  });
  lab.subscribe(element, (what) => { if (what === 'words') say(); });
  say();
  return { show, scrub, play: run, pause, at: () => at };
}
