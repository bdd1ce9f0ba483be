// --- the strip: one place per scale, filled as they come -------------------------------------------------------

function layStrip() {
  strip.replaceChildren(...Array.from({ length: value.total }, (_, index) => {
    const thumb = document.createElement('button');
    thumb.type = 'button';
    thumb.disabled = true;
    thumb.tabIndex = -1;
    thumb.setAttribute('aria-label', `${words().scale} ${index + 1}`);
    thumb.addEventListener('click', () => choose(index));
    return thumb;
  }));
}

function hang(index) {
  const thumb = strip.children[index];
  const { frame } = frames[index];
  const image = document.createElement('img');
  image.src = frame.src;
  image.alt = '';
  const side = document.createElement('span');
  side.textContent = `${frame.side}×${frame.side}`;
  thumb.replaceChildren(image, side);
  thumb.disabled = false;
  thumb.setAttribute('aria-label', fill(words().thumb, facts(index)));
}

// --- arriving --------------------------------------------------------------------------------------------------

function begin(next) {
  retired.add(value.run);
  pause();
  value = next;
  frames = [];
  taken = 0;
  shown = -1;
  closer = null;
  following = true;
  layStrip();
  layPicks();
  describe();
  if (next.run && next.run !== EXAMPLE) reveal();
}

function receive() {
  const next = props.value;
  if (!next || typeof next !== 'object' || !Array.isArray(next.frames)) return;
  if (next.run !== value.run) {
    // A late example, or the last words of a run that another has replaced.
    if (retired.has(next.run) || (next.run === EXAMPLE && value.run)) return;
    begin(next);
  }
  value = next;
  player.dataset.received = next.frames.length;
  if (next.state === 'finished') keep(next);
  tell();
  pump();
}

async function decoded(frame) {
  const picture = new Image();
  picture.src = frame.src;
  try {
    await picture.decode();
    return picture;
  } catch (error) {
    console.warn('The player could not decode a frame.', error);
    return null;
  }
}

async function pump() {
  if (pumping) return;
  pumping = true;
  while (taken < value.frames.length) {
    const run = value.run;
    const frame = value.frames[taken];
    const picture = await decoded(frame);
    const early = run === EXAMPLE ? 0 : PACE - (performance.now() - drawnAt);
    if (early > 0) await sleep(early);
    if (run !== value.run) continue; // another run began meanwhile; its frames are next
    taken += 1;
    if (!picture) continue;
    frames.push({ frame, picture });
    hang(frames.length - 1);
    if (following) draw(frames.length - 1);
    else describe();
  }
  pumping = false;
}

// Brings the picture into view where controls and picture are stacked, and moves no further than that takes.
function reveal() {
  const box = print.getBoundingClientRect();
  const unseen = Math.max(0, -box.top) + Math.max(0, box.bottom - window.innerHeight);
  if (unseen > box.height / 10) print.scrollIntoView({ behavior: still.matches ? 'auto' : 'smooth', block: 'nearest' });
}
