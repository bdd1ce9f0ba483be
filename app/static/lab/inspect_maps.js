// What a record holds for every cell of a scale, as a map over the picture, and by scale how guidance grows and what it
// changes; and what the colours of codes mean.

const [measurePick, overlay, veil] = ['measure', 'overlay', 'veil'].map(part);

function drawMap() {
  if (!record()) return;
  const { scale } = lab.selection;
  const name = measurePick.value || MEASURES[0];
  const values = numbersOf(name, scale);
  const canvas = canvasOf('map');
  const none = part('map-none');
  none.hidden = Boolean(values);
  canvas.hidden = !values;
  part('map-legend').hidden = !values;
  overlay.disabled = !values;
  veil.hidden = !values || !overlay.checked;
  const side = name === 'change' ? sideOf(record().sides.length - 1) : sideOf(scale);
  const notes = [fill(words()[`note_${name}`], { size: record().codebook_size, side })];
  if (values) {
    const measure = measureOf(name, record(), person());
    const kept = OF_THE_DRAW.includes(name) ? numbersOf('kept', scale) : null;
    const colourAt = (index) => (kept?.[index] ? null
      : viridis((measure.place(values[index]) - measure.low) / (measure.high - measure.low || 1)));
    for (const target of [canvas, veil]) cellsOn(target, side, colourAt);
    const ends = name === 'rank' ? [1, record().codebook_size] : [measure.low, measure.high];
    legend(part('map-legend'), ...ends, '', measure.digits);
    if (kept?.some(Boolean)) notes.push(words().map_given);
    const shown = kept ? values.filter((value, index) => !kept[index]) : values;
    const [low, high] = extent([shown]);
    const mean = shown.reduce((sum, value) => sum + value, 0) / Math.max(1, shown.length);
    const shift = name === 'rank' ? 1 : 0;
    const [said, deep, up] = [mean, low, high].map((value) => (value + shift).toFixed(measure.digits));
    canvas.setAttribute('aria-label', fill(words().map_alt, {
      measure: words()[`measure_${name}`], scale: scale + 1, low: deep, high: up, mean: said,
    }));
    Object.assign(part('map-legend').dataset, { low: ends[0], high: ends[1] });
  } else {
    none.textContent = name === 'divergence' && person().entropy ? words().map_none : words().map_unrecorded;
  }
  part('map-note').textContent = notes.join(' ');
}

// The legend of the codes' colours: three ramps, one an axis. Beyond its ends a colour stays what it is.
function drawAxes() {
  const box = part('mosaic-legend');
  box.hidden = !palette;
  if (!palette) return;
  const ends = [['#008080', '#ff8080'], ['#800080', '#80ff80'], ['#808000', '#8080ff']];
  const ramps = ends.map(([low, high]) => {
    const ramp = make('span', { className: 'ramp' });
    ramp.style.background = `linear-gradient(90deg, ${low}, #808080, ${high})`;
    return ramp;
  });
  box.replaceChildren(make('span', { textContent: `≤ −${palette.reach}` }),
    make('span', { className: 'inspect-ramps' }, ...ramps), make('span', { textContent: `≥ ${palette.reach}` }));
}

function drawRamp() {
  const head = ['column_scale', 'column_guidance', 'column_divergence'];
  part('ramp-head').replaceChildren(make('tr', {}, ...head.map((name) => make('th', { scope: 'col', textContent: words()[name] }))));
  const strengths = record().guidance;
  const guided = strengths.some(Boolean);
  part('ramp-note').textContent = guided
    ? fill(words().ramp_note, { last: Number(strengths[strengths.length - 1].toFixed(2)) }) : words().ramp_unguided;
  const means = record().sides.map((side, scale) => {
    const values = numbersOf('divergence', scale);
    return values ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
  const bar = (value, most, digits) => {
    const line = make('span');
    line.style.width = `${(100 * (value || 0)) / (most || 1)}%`;
    line.hidden = !value;
    const text = make('span', { textContent: value === null ? words().absent : value.toFixed(digits) });
    return make('td', { 'data-value': value ?? '' }, make('div', { className: 'inspect-measure' }, make('span', {}, line), text));
  };
  part('ramp').replaceChildren(...record().sides.map((side, scale) => make('tr', {},
    make('th', { scope: 'row', textContent: `${side}×${side}` }),
    bar(strengths[scale], Math.max(...strengths), 2), bar(means[scale], Math.max(...means), 3))));
}

measurePick.addEventListener('change', drawMap);
overlay.addEventListener('change', drawMap);
