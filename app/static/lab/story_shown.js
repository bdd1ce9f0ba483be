// What the steps draw: the tensors of a scale, siblings, guidance, costs.

// --- step 3: the tensors of a scale ------------------------------------------------------------------------------

function signOf(index, scale) {
  if (index === 1) return tokenSign(scale);
  return index || scale ? words().signs[index] : words().sign_first;
}

// A grid of vectors on a coarser one: each cell the mean of all that it touches, as the library pools its sums.
function averaged(values, from, to) {
  const edges = Array.from({ length: to }, (_, at) => [Math.floor((at * from) / to), Math.ceil(((at + 1) * from) / to)]);
  const pooled = [];
  for (let start = 0; start < values.length; start += from ** 2) {
    for (const [top, bottom] of edges) for (const [left, right] of edges) {
      let sum = 0;
      for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += values[start + y * from + x];
      pooled.push(sum / ((bottom - top) * (right - left)));
    }
  }
  return pooled;
}

function drawFlow(answer, open) {
  const { sides } = record();
  const { scale } = lab.selection;
  const [side, last, next] = [sides[scale], sides[sides.length - 1], sides[scale + 1]];
  const arrays = {};
  for (const name of ['codes', 'contribution', 'before', 'next']) arrays[name] = answer[name] && unpack(answer[name], Float32Array);
  arrays.after = arrays.before.map((value, at) => value + arrays.contribution[at]);
  const axes = unpack(answer.axes, Float32Array);
  const maps = [
    [scale ? averaged(arrays.before, last, side) : null, side], [arrays.codes, side], [arrays.contribution, last], [arrays.after, last], [null, 0],
    [arrays.next, next || 0],
  ];
  part('flow').replaceChildren(...maps.map(([values, own], index) => {
    const name = words().maps[index];
    const told = open || index === 0;
    const sign = make('span', { className: 'story-sign', textContent: signOf(index, scale) });
    const caption = make('figcaption', {}, make('span', { textContent: name }));
    if (!told) {
      const blank = make('span', { className: 'story-blank', role: 'img', textContent: '?', 'aria-label': `${name}: ${words().map_unknown}` });
      return make('figure', {}, sign, blank, caption);
    }
    if (index !== 4 && !values) { // before the first map there is no sum, and after the last no input
      if (index) caption.replaceChildren(words().last_of_all);
      return make('figure', {}, sign, make('span', { className: 'story-blank', textContent: '–' }), caption);
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
  const same = !record().switch && exhibit.record.model === record().model && exhibit.record.class_id === record().class_id
    && exhibit.asked.past.ids.slice(0, KEEP).join() === person().ids.slice(0, KEEP).join();
  return same ? { value: exhibit, beforehand: true } : null;
}

// The same siblings with no map kept: what pictures of this class share anyway.
function drawNone(anew = false) {
  if (failedRuns.has(marked('none')) && !anew) return;
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
      make('span', { 'aria-hidden': 'true', textContent: scale + 1 }),
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
