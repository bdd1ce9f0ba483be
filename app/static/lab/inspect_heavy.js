// What only the model knows of the held token, its distribution and its attention: asked for when the token has rested,
// one after the other, as far as they are in view, and remembered.

const REST = 160; // ms that a token is held before the server is asked
const KIND_OF = { draw: 'inspect_logits', attention: 'inspect_attention' };
const keyOf = (name, { picture, scale, index }) => `${record().run} ${name} ${picture} ${scale} ${index}`;

let [turn, busy, resting] = [0, false, 0];
const answers = new Map();
const inView = { draw: false, attention: false };

function sayTitles() {
  const place = placeOf(lab.selection);
  part('draw-title').textContent = fill(words().draw_title, place);
  part('attention-title').textContent = fill(words().attention_title, place);
}

// The held token has changed: once it rests, its answers are fetched, one after the other, and only for the last one.
function wish() {
  if (!record()) return;
  turn += 1;
  sayTitles();
  clearTimeout(resting);
  resting = setTimeout(fetchHeld, Object.keys(KIND_OF).every((name) => answers.has(keyOf(name, lab.selection))) ? 0 : REST);
}

async function fetchHeld() {
  if (busy) return;
  busy = true;
  try {
    let served;
    do {
      served = turn;
      for (const name of Object.keys(KIND_OF)) if (served === turn && inView[name]) await serve(name, served);
    } while (served !== turn);
  } finally {
    busy = false;
  }
}

async function serve(name, own) {
  const selection = { ...lab.selection };
  const [body, complaint] = [part(`${name}-body`), part(`${name}-complaint`)];
  complain(complaint, null);
  if (record().options.smooth && selection.scale) {
    body.hidden = true;
    complain(complaint, words().smooth_heavy);
    return;
  }
  const key = keyOf(name, selection);
  if (body.dataset.key === key && !body.hidden) return;
  let answer = answers.get(key);
  if (!answer) {
    body.setAttribute('aria-busy', 'true');
    const { picture, scale, index } = selection;
    try {
      answer = await ask(KIND_OF[name], { past: pastOf(record(), picture, scale), scale, index }, { latest: false });
      if (answers.size > 80) answers.delete(answers.keys().next().value);
      answers.set(key, answer);
    } catch (error) {
      if (own === turn) {
        body.hidden = true;
        complain(complaint, error);
      }
      return;
    } finally {
      body.removeAttribute('aria-busy');
    }
  }
  if (own !== turn) return;
  body.dataset.key = key;
  body.hidden = false;
  (name === 'draw' ? putDraw : putAttention)(answer, selection);
}

function putDraw(answer, { scale, index }) {
  const conditional = unpack(answer.conditional, Float32Array);
  spread.put({
    logits: { conditional, unconditional: unpack(answer.unconditional, Float32Array), progress: answer.progress },
    size: conditional.length, id: numbersOf('ids', scale)[index], given: givenAt({ scale, index }), first: scale === 0,
  });
}

function putAttention(answer, { index }) {
  gaze.put({
    ...answer, weights: halvesOf(answer.weights), shares: unpack(answer.shares, Float32Array), sides: record().sides, index,
  });
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) inView[entry.target.dataset.part] = entry.isIntersecting;
  if (Object.values(inView).some(Boolean)) wish();
}, { rootMargin: '120px' });
for (const name of Object.keys(KIND_OF)) watcher.observe(part(name));
