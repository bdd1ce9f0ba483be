// What each step shows: the true frames, tensors and numbers of the record on the table.

const SLOW = 12_000; // ms a run may have taken before more is drawn only on a request of its own
const KEEP = 3; // scales that siblings keep, as in the show that is made beforehand
const SIBLINGS = { count: 4, seed: 100 };
const STRENGTHS = [0, 4];
const EXHIBIT = 'branch';

const record = () => lab.record;
const person = () => record().pictures[lab.selection.picture];
const marked = (kind) => `${kind} ${record().run} ${lab.selection.picture}`;
const slow = () => record().ms.reduce((sum, ms) => sum + ms, 0) > SLOW;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
const grouped = (value, digits = 0) => value.toLocaleString(words().language, {
  minimumFractionDigits: digits, maximumFractionDigits: digits,
});
const chance = (share) => {
  const digits = share >= 0.1 ? 0 : share >= 0.01 ? 1 : share >= 0.001 ? 2 : 4;
  return share < 0.000001 ? '< 0.0001 %' : `${(100 * share).toFixed(digits)} %`;
};

// --- facts that the sentences name ------------------------------------------------------------------------------

function factsOf() {
  const { sides, codebook_size: codebook, image_side: image, model } = record();
  const { scale } = lab.selection;
  const squares = sides.map((side) => side ** 2);
  const sum = (list) => list.reduce((all, one) => all + one, 0);
  const [tokens, last, side, next] = [sum(squares), sides[sides.length - 1], sides[scale], sides[scale + 1]];
  const keep = Math.min(KEEP, sides.length - 1);
  const [kept, raster] = [sum(squares.slice(0, keep)), last ** 2];
  const bits = Math.log2(codebook);
  const [pixels, packed] = [3 * image ** 2, (tokens * bits) / 8];
  const probability = column(person(), 'probability', scale);
  const drawn = probability ? [...probability.keys()].filter((at) => !column(person(), 'kept', scale)?.[at]) : [];
  const entropy = column(person(), 'entropy', scale);
  const low = typical(drawn, entropy, probability);
  const rank = column(person(), 'rank', scale);
  return {
    scales: sides.length, tokens: grouped(tokens), last, last_count: grouped(raster), codebook: grouped(codebook), side,
    count: grouped(side ** 2), scale: scale + 1, next, image, model, subject: subjectOf(record()), seed: person().seed,
    id: column(person(), 'ids', 0)[0], keep, kept: grouped(kept), later: grouped(tokens - kept),
    steps_between: sides.length - 1, raster: grouped(raster), extra: grouped(tokens - raster),
    bits: Number.isInteger(bits) ? bits : bits.toFixed(1), pixel_bytes: grouped(pixels),
    token_bytes: grouped(Math.ceil(packed)), share: ((100 * packed) / pixels).toFixed(2), byte_share: packed / pixels,
    about_model: fill(model === 'mini' ? words().of_mini : words().of_another, { model }),
    low: drawn.length ? chance(probability[low]) : '–', low_index: low ?? 0, has_statistics: drawn.length > 0,
    low_entropy: drawn.length ? entropy[low].toFixed(2) : '–', typical: drawn.length ? chance(Math.exp(-entropy[low])) : '–',
    spread: drawn.length ? grouped(Math.exp(entropy[low]), Math.exp(entropy[low]) < 10 ? 1 : 0) : '–',
    cut: fill(cutOf(record().options), { top_k: grouped(record().options.top_k || 0) }),
    mean: entropy ? mean(entropy).toFixed(2) : '–', most: Math.log(codebook).toFixed(2),
    unlikely: rank ? grouped((100 * drawn.filter((at) => rank[at] > 0).length) / Math.max(drawn.length, 1)) : '–',
    after: next ? fill(words().sum_next, { next }) : words().sum_last,
    ...measured,
  };
}

// Of the quarter of the cells with the highest entropy, the one drawn with a probability most like what such a spread
// gives, exp(−entropy): an example of many codes to choose from, not of an unlucky draw.
function typical(drawn, entropy, probability) {
  if (!drawn.length || !entropy) return drawn[0];
  const open = [...drawn].sort((one, two) => entropy[two] - entropy[one]).slice(0, Math.ceil(drawn.length / 4));
  const off = (at) => Math.abs(Math.log(Math.max(probability[at], 1e-30)) + entropy[at]);
  return open.reduce((best, at) => (off(at) < off(best) ? at : best), open[0]);
}

// How many codes top-p leaves is not in the record, so nothing is said of it.
function cutOf({ top_k: most, top_p: mass }) {
  if (mass && mass < 1) return words().cut_tail;
  return most && most < record().codebook_size ? words().cut_some : words().cut_none;
}

// What was found by drawing or asking, by name; emptied with the record that it was found for.
let measured = {};
let measuredFor = '';

function forget() {
  if (measuredFor === marked('')) return;
  measuredFor = marked('');
  measured = {};
}

// --- runs of the model ------------------------------------------------------------------------------------------

const drawnRuns = new Map(); // by key: { key, kind, values, ticket, value }
const waitingRuns = [];
let activeRun = null;
let tickets = 0;

function draw(key, kind, values) {
  if (drawnRuns.has(key)) return drawnRuns.get(key);
  const run = { key, kind, values, ticket: `story ${(tickets += 1)}`, value: null, model: record().model };
  drawnRuns.set(key, run);
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
    if (value.state !== 'finished') drawnRuns.delete(activeRun.key);
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
  cover.hidden = open || ['first', 'whole', 'sure'].includes(name);
  if (cover.hidden) return;
  picture(cover.firstElementChild, record().sides.length - 1, words().finished_picture);
  cover.lastElementChild.textContent = `${subjectOf(record())} · ${words().finished_picture}`;
}

const STAGES = {
  film(open) {
    const { sides, run } = record();
    if (!open) return;
    const key = marked('film');
    reels.film.show({ key, sides, prints: [{ ...reelOf(record(), lab.selection.picture), title: subjectOf(record()) }] });
    part('film').dataset.run = run;
  },

  async first() {
    const all = record().sides.length;
    const key = marked('first');
    const canvases = [part('first-frame'), part('first-last')];
    const titles = [fill(words().frame_title, { scale: 1 }), words().finished_picture];
    await Promise.all(canvases.map((canvas, index) => picture(canvas, index ? all - 1 : 0, titles[index])));
    if (key !== marked('first')) return;
    const colours = canvases.map(averageOf);
    canvases.forEach((canvas, index) => {
      const colour = `RGB ${colours[index].join(' ')}`;
      const swatch = make('span', { className: 'story-swatch', role: 'img', 'aria-label': fill(words().average_alt, { colour }) });
      swatch.style.background = `rgb(${colours[index].join(' ')})`;
      const average = fill(words().average, { colour });
      const told = openNow('first') ? [swatch, ` ${average}`] : [];
      captionOf(canvas).replaceChildren(make('span', { textContent: titles[index] }), make('span', {}, ...told));
    });
    learn({ first_colour: `RGB ${colours[0].join(' ')}`, last_colour: `RGB ${colours[1].join(' ')}` });
  },

  async whole(open) {
    const { scale } = lab.selection;
    const key = `${marked('whole')} ${scale}`;
    if (record().options.smooth) return;
    if (!steps.has(key)) {
      const values = { past: pastOf(record(), lab.selection.picture, scale + 1), scale };
      steps.set(key, ask('anatomy_step', values, { latest: false }));
      steps.get(key).catch(() => steps.delete(key));
    }
    try {
      const answer = await steps.get(key);
      if (key !== `${marked('whole')} ${lab.selection.scale}`) return;
      drawFlow(answer, openNow('whole') || open);
      complain(part('complaint'), null);
    } catch (error) {
      complain(part('complaint'), error);
    }
  },

  keep(open) {
    if (!open || record().options.smooth) return;
    const { keep } = factsOf();
    const run = exhibited() || drawnRuns.get(marked('keep'));
    if (!run) {
      const begin = () => {
        part('draw').hidden = true;
        draw(marked('keep'), 'branch', { past: pastOf(record(), lab.selection.picture), keep, ...SIBLINGS });
        drawNone();
        STAGES.keep(true);
      };
      if (exhibit === undefined) return;
      if (slow() && !exhibit) {
        part('keep-film').hidden = true;
        return offerRun(begin);
      }
      if (!slow() || !exhibit) return begin();
    }
    part('keep-film').hidden = false;
    if (run?.beforehand && !slow()) drawNone();
    drawSiblings(run || { value: exhibit, foreign: true }, keep);
  },

  guidance(open) {
    if (!open) return;
    const runs = STRENGTHS.map((strength) => drawnRuns.get(`${marked('guidance')} ${strength}`));
    if (runs.some((run) => !run)) {
      const begin = () => {
        part('draw').hidden = true;
        for (const strength of STRENGTHS) {
          draw(`${marked('guidance')} ${strength}`, 'sample', {
            class_id: record().class_id, seed: person().seed, options: { ...record().options, guidance: strength },
          });
        }
        STAGES.guidance(true);
      };
      part('guidance-film').hidden = part('equal-title').hidden = slow();
      return slow() ? offerRun(begin) : begin();
    }
    drawGuided(runs);
  },

  sure() {
    const { scale } = lab.selection;
    const facts = factsOf();
    const title = fill(words().frame_title, { scale: record().sides.length });
    picture(part('sure-picture'), record().sides.length - 1, title);
    captionOf(part('sure-picture')).textContent = words().finished_picture;
    const entropy = column(person(), 'entropy', scale);
    complain(part('complaint'), entropy ? null : words().no_statistics);
    if (!entropy) return;
    const high = Math.log(record().codebook_size);
    const canvas = part('sure-map');
    heat(canvas, entropy, record().sides[scale], 0, high);
    legend(part('sure-legend'), 0, high, words().nats);
    const [low, most] = extent([entropy]);
    const told = { scale: scale + 1, low: low.toFixed(2), high: most.toFixed(2), mean: facts.mean };
    canvas.setAttribute('aria-label', fill(words().map_of, told));
    captionOf(canvas).textContent = fill(words().map_title, told);
    const [side, at] = [record().sides[scale], facts.low_index];
    const place = { left: at % side, top: Math.floor(at / side), width: 1, height: 1 };
    for (const [edge, cells] of Object.entries(place)) part('sure-mark').style[edge] = `${(100 * cells) / side}%`;
    part('sure-mark').hidden = !facts.has_statistics;
  },

  async cost() {
    const { model } = record();
    if (!races.has(model)) {
      races.set(model, ask('race', {}, { latest: false, model }));
      races.get(model).catch(() => races.delete(model));
    }
    try {
      const { entries } = await races.get(model);
      if (model !== record().model) return;
      drawCosts(entries);
    } catch (error) {
      complain(part('complaint'), error);
    }
  },

  tokens() {
    const facts = factsOf();
    part('pixel-bytes').textContent = fill(words().bytes_pixels, { bytes: facts.pixel_bytes });
    part('token-bytes').textContent = fill(words().bytes_tokens, { bytes: facts.token_bytes });
    part('token-bar').style.width = `${100 * facts.byte_share}%`;
  },
};

const steps = new Map();
const races = new Map();
const reels = {};

function offerRun(begin) {
  part('draw').hidden = false;
  part('draw').onclick = begin;
}

// --- step 3: the tensors of a scale ------------------------------------------------------------------------------

function drawFlow(answer, open) {
  const { sides } = record();
  const { scale } = lab.selection;
  const [side, last, next] = [sides[scale], sides[sides.length - 1], sides[scale + 1]];
  const arrays = {};
  for (const name of ['codes', 'contribution', 'before', 'next']) arrays[name] = answer[name] && unpack(answer[name], Float32Array);
  arrays.after = arrays.before.map((value, at) => value + arrays.contribution[at]);
  const axes = unpack(answer.axes, Float32Array);
  const maps = [
    [arrays.before, last], [arrays.codes, side], [arrays.contribution, last], [arrays.after, last], [null, 0],
    [arrays.next, next || 0],
  ];
  part('flow').replaceChildren(...maps.map(([values, own], index) => {
    const name = words().maps[index];
    const told = open || index === 0;
    const sign = make('span', { className: 'story-sign', textContent: index || scale ? fill(words().signs[index], { side }) : words().sign_first });
    const caption = make('figcaption', {}, make('span', { textContent: name }));
    if (!told) {
      const blank = make('span', { className: 'story-blank', role: 'img', textContent: '?', 'aria-label': `${name}: ${words().map_unknown}` });
      return make('figure', {}, sign, blank, caption);
    }
    if (index === 5 && !values) {
      return make('figure', {}, sign, make('span', { className: 'story-blank', textContent: '–' }), make('figcaption', { textContent: words().last_of_all }));
    }
    const canvas = make('canvas', { className: index === 4 ? '' : 'cells', role: 'img' });
    if (index === 4) picture(canvas, scale, fill(words().frame_title, { scale: scale + 1 }));
    else {
      colourCells(canvas, values, own, axes, answer);
      canvas.setAttribute('aria-label', fill(words().map_alt, { name, side: own }));
      caption.append(make('span', { className: 'story-side', textContent: `${own}×${own}` }));
    }
    return make('figure', {}, sign, canvas, caption);
  }));
  part('flow').dataset.scale = scale;
}

// Channels first; each cell by its place along three axes of the codebook, mid grey being zero.
function colourCells(canvas, values, side, axes, { channels, reach }) {
  canvas.width = canvas.height = side;
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      let place = 0;
      for (let each = 0; each < channels; each += 1) place += values[each * side * side + at] * axes[axis * channels + each];
      image.data[4 * at + axis] = 255 * (0.5 + place / (2 * reach));
    }
    image.data[4 * at + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

// --- step 4: siblings --------------------------------------------------------------------------------------------

let exhibit; // undefined until asked for, null where there is none
ask('exhibit', EXHIBIT, { latest: false }).then((value) => { exhibit = value?.record ? value : null; }, () => { exhibit = null; })
  .then(() => stageAgain('keep'));

// The show made beforehand, if it began with this picture's first maps.
function exhibited() {
  if (!exhibit || exhibit.asked.keep !== KEEP) return null;
  const same = exhibit.record.model === record().model && exhibit.record.class_id === record().class_id
    && exhibit.asked.past.ids.slice(0, KEEP).join() === person().ids.slice(0, KEEP).join();
  return same ? { value: exhibit, beforehand: true } : null;
}

// The same siblings with no map kept: what pictures of this class share anyway.
const noneTried = new Set(); // asked for once a picture, even where it failed
function drawNone() {
  if (noneTried.has(marked('none'))) return;
  noneTried.add(marked('none'));
  draw(marked('none'), 'branch', { past: pastOf(record(), lab.selection.picture), keep: 0, ...SIBLINGS });
}

// Which answer the likenesses bear out: detail as alike as the rest counts as shared from 0.5 on.
function borneOut({ layout, colours, texture }) {
  if (Math.max(layout ?? -1, colours ?? -1) > (texture ?? -1)) return 1;
  return (texture ?? 0) >= 0.5 ? 2 : 0;
}

function drawSiblings({ value, beforehand, foreign }, keep) {
  const sides = (value?.record || record()).sides;
  const own = { ...reelOf(record(), lab.selection.picture), title: words().original };
  const seeds = value ? value.seeds : [];
  const prints = seeds.map((seed, index) => ({
    ...reelOf(value, index), title: fill(words().sibling, { index: index + 1, seed }),
  }));
  reels.keep.show({ key: `${marked('keep')} ${foreign}`, sides, prints: foreign ? prints : [own, ...prints] });
  part('keep-note').textContent = beforehand ? words().prepared
    : foreign ? fill(words().prepared_elsewhere, { subject: subjectOf(value.record) }) : '';
  const none = foreign ? null : drawnRuns.get(marked('none'));
  part('state').textContent = stateOf([...(beforehand || foreign ? [] : [{ value }]), ...(none ? [none] : [])]);
  if (!value || value.state !== 'finished') return;
  const { shared, tokens } = value.facts;
  const said = (likeness) => (likeness === null ? '–' : likeness.toFixed(2));
  const started = none?.value?.state === 'finished' ? none.value.facts.shared : null;
  const beside = (name) => (started ? said(started[name]) : words().none_measured);
  const kept = tokens.slice(0, value.asked.keep);
  learn({
    layout: said(shared.layout), colours: said(shared.colours), texture: said(shared.texture),
    kept_differ: (100 * mean(kept)).toFixed(0), last_differ: (100 * tokens[tokens.length - 1]).toFixed(0),
    right_keep: borneOut(shared), keep: value.asked.keep || keep,
    ...(none && !started ? {} : { layout_none: beside('layout'), colours_none: beside('colours'), texture_none: beside('texture') }),
  });
}

// --- step 5: guidance --------------------------------------------------------------------------------------------

function drawGuided(runs) {
  part('guidance-film').hidden = false;
  const { sides } = record();
  const prints = runs.map((run, index) => ({
    ...reelOf(run.value || { frames: [], columns: 1, seeds: [0] }), title: [words().without, words().with_it][index],
  }));
  reels.guidance.show({ key: marked('guidance'), sides, prints });
  part('state').textContent = stateOf(runs);
  const pictured = runs.map((run) => run.value?.record?.pictures[0]);
  part('equal-title').hidden = !pictured.every(Boolean);
  if (!pictured.every(Boolean)) return part('equal').replaceChildren();
  const equal = sides.map((side, scale) => {
    const [one, two] = pictured.map((each) => column(each, 'ids', scale));
    return one.reduce((count, id, at) => count + (id === two[at]), 0) / one.length;
  });
  part('equal').replaceChildren(...equal.map((share, scale) => {
    const percent = (100 * share).toFixed(0);
    const bar = make('span');
    bar.style.height = `${100 * share}%`;
    return make('li', {}, make('span', { 'aria-hidden': 'true', textContent: percent }),
      make('span', { className: 'story-rise', 'aria-hidden': 'true' }, bar),
      make('span', { 'aria-hidden': 'true', textContent: sides[scale] }),
      make('span', { className: 'story-spoken', textContent: fill(words().equal_item, { scale: scale + 1, side: sides[scale], percent }) }));
  }));
  const apart = equal.findIndex((share) => share < 1);
  learn({ apart: apart < 0 ? words().never_apart : fill(words().first_apart, { scale: apart + 1 }) });
}

// --- step 7: cost ------------------------------------------------------------------------------------------------

function drawCosts(entries) {
  const total = (lane) => lane.flops.reduce((sum, flops) => sum + flops, 0);
  const row = (name, model, lane) => {
    const billions = total(lane) / 1e9;
    return make('tr', {}, make('th', { scope: 'row', textContent: `${name} · ${model}` }),
      ...[grouped(lane.passes), grouped(lane.tokens), grouped(billions, billions < 10 ? 2 : 0)].map((text) => make('td', { textContent: text })));
  };
  part('cost').replaceChildren(
    make('thead', {}, make('tr', {}, ...words().columns.map((text) => make('th', { scope: 'col', textContent: text })))),
    make('tbody', {}, ...entries.flatMap((entry) => [
      row(words().lane_next, entry.name, entry.next), row(words().lane_raster, entry.name, entry.raster),
    ])),
  );
  learn({ ratio: grouped(total(entries[0].next) / total(entries[0].raster), 1) });
}
