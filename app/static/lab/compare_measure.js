// Measuring: how far two sides lie apart at every scale, in pixels and in tokens. Worked out here from the pictures and
// records that the browser has, one scale after the other, and kept until other sides come.

const compared = new Map(); // `other scale` → { rmse, map, high }
const readable = (canvas) => canvas.getContext('2d', { willReadFrequently: true });
const scratch = [make('canvas'), make('canvas')];
scratch.forEach(readable); // whoever draws first decides how a canvas is kept

function share(one, two, scale) {
  const sides = [sidesOf(one), sidesOf(two)];
  const codes = [one, two].map((side) => modelOf(side.settings.model)?.tokens ?? side.settings.model);
  if (codes[0] !== codes[1] || sides[0].join() !== sides[1].join()) return null;
  const [left, right] = [one, two].map((side) => column(side.picture, 'ids', scale));
  return left.reduce((count, id, at) => count + (id === right[at]), 0);
}

async function pixelsOf(side, scale, canvas, size) {
  const source = side.frames[scale].src || side.frames[scale];
  await drawCut(canvas, source, side.index, side.columns, side.count);
  if (!size || canvas.width === size) return readable(canvas).getImageData(0, 0, canvas.width, canvas.height);
  const small = make('canvas', { width: size, height: size });
  const pen = readable(small);
  pen.drawImage(canvas, 0, 0, size, size);
  return pen.getImageData(0, 0, size, size);
}

// Root mean square over all pixels and colours, and per pixel over its three colours; values 0 … 255.
async function differ(one, two, scale) {
  let images = [await pixelsOf(one, scale, scratch[0]), await pixelsOf(two, scale, scratch[1])];
  const size = Math.min(...images.map((image) => image.width));
  if (images.some((image) => image.width !== size)) {
    images = [await pixelsOf(one, scale, scratch[0], size), await pixelsOf(two, scale, scratch[1], size)];
  }
  const [left, right] = images.map((image) => image.data);
  const map = new Float32Array(size * size);
  let [sum, high] = [0, 0];
  for (let at = 0; at < map.length; at += 1) {
    const place = 4 * at;
    const square = (left[place] - right[place]) ** 2 + (left[place + 1] - right[place + 1]) ** 2
      + (left[place + 2] - right[place + 2]) ** 2;
    map[at] = Math.sqrt(square / 3);
    if (map[at] > high) high = map[at];
    sum += square;
  }
  return { rmse: Math.sqrt(sum / (3 * map.length)), map, high, size };
}

let measuring = Promise.resolve();

function measure() {
  const mine = scene;
  measuring = measuring.then(() => (mine === scene ? measureNow() : null)).catch((error) => complain(complaint, error));
}

async function measureNow() {
  const [a, b] = [shownSides[0], shownSides[other]];
  const [mine, picked] = [scene, other];
  if (!a || !b) return;
  const count = Math.min(a.frames.length, b.frames.length, sidesOf(a).length, sidesOf(b).length);
  for (let scale = 0; scale < count; scale += 1) {
    const key = `${picked} ${scale}`;
    if (!compared.has(key)) {
      const result = await differ(a, b, scale);
      if (mine !== scene) return;
      compared.set(key, result);
    }
  }
  if (mine !== scene || picked !== other) return;
  tell(a, b, count);
}

function tell(a, b, count) {
  const name = LETTERS[other];
  part('difference-title').textContent = fill(words().difference, { name });
  const canvas = part('difference');
  const all = Array.from({ length: count }, (_, scale) => compared.get(`${other} ${scale}`));
  const high = Math.max(1, ...all.map((one) => one.high));
  const here = all[Math.min(inView, count - 1)];
  const scale = Math.min(inView, count - 1);
  part('lab').dataset.measured = a.picture && b.picture ? `${other}-${scale}` : '';
  if (!here) {
    canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
    verdict.textContent = '';
    measuredBox.replaceChildren();
    return;
  }
  heat(canvas, here.map, here.size, 0, high);
  canvas.setAttribute('aria-label', fill(words().difference_alt, { name, scale: scale + 1, high: number(high) }));
  legend(part('difference-legend'), 0, high, words().of_255, 0);
  if (!a.picture || !b.picture) return;
  const sides = sidesOf(a);
  const counts = all.map((_, at) => share(a, b, at));
  const facts = (at) => ({
    scale: at + 1, side: sides[at], tokens: sides[at] ** 2, equal: counts[at],
    share: counts[at] === null ? '' : `${number((100 * counts[at]) / sides[at] ** 2, 1)} %`, rmse: number(all[at].rmse, 1),
  });
  const now = facts(scale);
  const same = now.equal === now.tokens && all[scale].rmse === 0;
  let saying = now.equal === 1 && now.tokens > 1 ? 'verdict_one' : 'verdict';
  if (now.equal === null) saying = 'verdict_codes';
  else if (same) saying = now.tokens === 1 ? 'verdict_single' : 'verdict_equal';
  verdict.textContent = fill(words()[saying], now);
  layTable(all, sides, facts, scale, name);
}

function layTable(all, sides, facts, scale, name) {
  const most = Math.max(1e-9, ...all.map((one) => one.rmse));
  const bar = (filled, text) => {
    const cell = make('td', { className: 'barred' }, make('span', { textContent: text }));
    cell.style.setProperty('--filled', filled);
    return cell;
  };
  const rows = all.map((one, at) => {
    const { tokens, equal, share: said, rmse } = facts(at);
    const row = make('tr', {}, make('th', { scope: 'row', textContent: `${sides[at]}×${sides[at]}` }),
      equal === null ? make('td', { textContent: words().other_codes }) : bar(equal / tokens, said),
      bar(one.rmse / most, rmse));
    if (at === scale) row.setAttribute('aria-current', 'true');
    return row;
  });
  const head = make('tr', {}, ...['scale', 'equal', 'rmse'].map((key) => make('th', { scope: 'col', textContent: words()[key] })));
  measuredBox.replaceChildren(make('table', { className: 'by-scale' },
    make('caption', { textContent: fill(words().measured_alt, { name }) }), make('thead', {}, head), make('tbody', {}, ...rows)));
}
