// Published and measured figures: tables, and charts drawn as SVG from the same data.
let figures = null; // { published, measured }
let shownBy = 'paper'; // whose FID the chart shows

const written = (value, digits = 2) =>
  value.toLocaleString(words().language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const plainly = (value) => value.toLocaleString(words().language, { maximumSignificantDigits: 5 });
const sizeOf = (params) => (params >= 1e9 ? `${written(params / 1e9, 1)} B` : `${written(params / 1e6, 0)} M`);
const note = (source) => {
  const place = Object.keys(figures.published.sources).indexOf(source) + 1;
  return make('sup', {}, make('a', { href: `#source-${place}`, textContent: `[${place}]` }));
};
const rowOf = (cells, heads) => make('tr', {}, ...cells.map((cell, at) => {
  const node = heads || !at ? make('th', { scope: heads ? 'col' : 'row' }) : make('td');
  node.append(...[cell].flat());
  return node;
}));
const tableOf = (head, rows) =>
  make('table', {}, make('thead', {}, rowOf(head, true)), make('tbody', {}, ...rows.map((row) => rowOf(row, false))));

// --- the models ------------------------------------------------------------------------------------------------

const dash = '–';
const cellOf = (model, source, key, digits) => {
  const value = model.figures?.[source]?.[key];
  return value === undefined ? dash : written(value, digits);
};

function layModels() {
  const { models, validation } = figures.published;
  const head = [
    words().model, words().params, words().depth, words().side, [words().fid_readme, note('readme')],
    [words().fid_paper, note('paper')], [words().inception, note('paper')], [words().precision, note('paper')],
    [words().recall, note('paper')], [words().passes, note('paper')], [words().time, note('readme')],
  ];
  const rows = models.map((model) => [
    model.rejection ? [model.name, make('small', { textContent: words().rejection })] : model.name,
    sizeOf(model.params), String(model.depth), String(model.side), cellOf(model, 'readme', 'fid', 2), cellOf(model, 'paper', 'fid', 2),
    cellOf(model, 'paper', 'is', 1), cellOf(model, 'paper', 'precision', 2), cellOf(model, 'paper', 'recall', 2),
    cellOf(model, 'paper', 'steps', 0), model.figures.readme?.time === undefined ? dash : plainly(model.figures.readme.time),
  ]);
  rows.push([
    words().validation, dash, dash, '256', dash, written(validation.fid), written(validation.is, 1),
    written(validation.precision), written(validation.recall), dash, dash,
  ]);
  part('models').replaceChildren(tableOf(head, rows));
  hintAtScrolling();
}

function hintAtScrolling() {
  const box = part('models');
  part('scroll-hint').hidden = box.scrollWidth <= box.clientWidth + 1;
}

// Beside its mark: above, the name of d30 would lie on that of d24, and below, on that of its namesake.
const liftOf = (model) => (model.rejection ? 18 : model.depth === 30 ? 4 : -8);
const timeOf = (one) => (one.at_least ? fill(words().at_least, { time: plainly(one.time) }) : plainly(one.time));

function layCost() {
  const { models, others, validation } = figures.published;
  const point = (model, source, lift) => {
    const one = model.figures[source];
    const said = fill(words().cost_point, { name: model.name, fid: written(one.fid), time: timeOf(one), params: sizeOf(model.params) });
    return { x: one.time, y: one.fid, said, label: model.name, lift, model, one };
  };
  const withTime = (list, source) => list.filter((model) => model.figures[source]?.time !== undefined);
  const ours = withTime(models, shownBy).map((model) => point(model, shownBy, liftOf(model)));
  const series = [{ name: words().kind_var, kind: 'var', points: ours }];
  if (part('others').checked) {
    for (const kind of ['raster', 'diffusion', 'masked', 'gan']) {
      const points = withTime(others, 'paper').filter((model) => model.kind === kind)
        .map((model) => point(model, 'paper', { diffusion: model.name.startsWith('L-') ? 18 : -8, gan: 32 }[kind]));
      if (points.length) series.push({ name: words()[`kind_${kind}`], kind, points });
    }
  }
  const points = series.flatMap((one) => one.points);
  chart(part('cost'), {
    alt: fill(words().cost_alt, { count: points.length }),
    x: { low: 0.2, high: 80, ticks: ticksOf(0.2, 80, [1, 2, 5]), title: words().cost_x, text: plainly },
    y: { low: 1.35, high: 25, ticks: ticksOf(1.35, 25, [1, 2, 3, 5]), title: words().cost_y, text: plainly },
    line: { at: validation.fid, text: fill(words().validation_line, { fid: written(validation.fid) }) },
    series,
    table: tableOf([words().model, words().fid, words().time, words().params],
      points.map(({ model, one }) => [model.name, written(one.fid), timeOf(one), sizeOf(model.params)])),
  });
  const buttons = { 'by-paper': 'paper', 'by-readme': 'readme' };
  Object.entries(buttons).forEach(([name, source]) => part(name).setAttribute('aria-pressed', String(source === shownBy)));
}

// --- the laws --------------------------------------------------------------------------------------------------

const lawAt = (laws, curve, params) => (curve.factor * (params / laws.unit)) ** curve.exponent;
const shownValue = (curve, value) => (curve.quantity === 'error' ? `${written(100 * value, 1)} %` : written(value, 3));

function layLaw(name, quantity, y) {
  const { laws, models } = figures.published;
  const sizes = models.filter((model) => model.preset && model.side === 256).map((model) => model.params);
  const stops = [laws.from, ...sizes];
  const curves = laws.curves.filter((curve) => curve.quantity === quantity);
  const times = quantity === 'error' ? 100 : 1;
  chart(part(name), {
    title: words()[`${quantity}_title`],
    alt: fill(words().law_alt, { title: words()[`${quantity}_title`] }),
    x: { low: 0.014, high: 2.6, ticks: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2], title: words().laws_x, text: plainly },
    y: { ...y, text: plainly, title: words()[`${quantity}_y`] },
    series: curves.map((curve) => ({
      name: words()[`law_${curve.scales}`], kind: curve.scales, joined: true,
      points: stops.map((params) => {
        const value = lawAt(laws, curve, params);
        const facts = { size: sizeOf(params), value: shownValue(curve, value), name: words()[`law_${curve.scales}`] };
        return { x: params / 1e9, y: times * value, said: fill(words().law_point, facts) };
      }),
    })),
  });
}

function layLaws() {
  const { laws, models } = figures.published;
  layLaw('loss', 'loss', { low: 0.6, high: 2.5, ticks: [0.6, 0.8, 1, 1.5, 2, 2.5] });
  layLaw('error', 'error', { low: 88, high: 98, ticks: [88, 90, 92, 94, 96, 98] });
  const sizes = [laws.from, ...models.filter((model) => model.preset && model.side === 256).map((model) => model.params)];
  const nameOf = (curve) => `${words()[`${curve.quantity}_title`]}, ${words()[`law_${curve.scales}`]}`;
  const formula = (curve) => [
    `(${written(curve.factor, curve.factor < 10 ? 1 : 0)} · N)`,
    make('sup', { textContent: written(curve.exponent, curve.exponent > -0.1 ? 3 : 2).replace('-', '−') }),
  ];
  part('law-table').replaceChildren(tableOf(
    [words().size, ...laws.curves.map((curve) => [nameOf(curve), note(laws.source)])],
    [[words().formula, ...laws.curves.map(formula)],
      ...sizes.map((params) => [sizeOf(params), ...laws.curves.map((curve) => shownValue(curve, lawAt(laws, curve, params)))]),
      ['2 N / N', ...laws.curves.map((curve) => `× ${written(2 ** curve.exponent, 3)}`)]],
  ));
  part('laws-note').replaceChildren(fill(words().laws_note, { correlation: plainly(laws.correlation).replace('-', '−') }), note(laws.source), note(laws.reducible_source));
}

// --- what was measured here ------------------------------------------------------------------------------------

function layMeasured() {
  const spoken = (texts) => texts?.[words().language] || texts?.en || '';
  const groups = figures.measured.groups || [];
  part('measured').replaceChildren(...groups.map((group) => {
    const columns = Object.entries(group.columns);
    const rows = group.rows.map((row) => [spoken(row.label), ...columns.map(([key]) => {
      const value = row.values[key];
      if (value === undefined || value === null) return dash;
      return `${typeof value === 'number' ? plainly(value) : value}${row.unit ? ` ${row.unit}` : ''}`;
    })]);
    return make('article', {}, make('h4', { textContent: spoken(group.title) }),
      make('div', { className: 'wide' }, tableOf([words().figure, ...columns.map(([, texts]) => spoken(texts))], rows)),
      make('p', { className: 'quiet' }, `${words().command}: `, make('code', { textContent: group.command })),
      make('p', { className: 'quiet', textContent: `${words().hardware}: ${spoken(group.hardware)}` }));
  }), ...(groups.length ? [] : [make('p', { className: 'quiet', textContent: words().measured_none })]));
}

function laySources() {
  part('sources').replaceChildren(...Object.values(figures.published.sources).map((source, at) =>
    make('li', { id: `source-${at + 1}` }, make('a', { href: source.url, rel: 'noopener', target: '_blank', textContent: source.cite }),
      ` (${words()[`read_${source.read}`]})`)));
}

function layAll() {
  if (!figures) return;
  if (figures.published.models) {
    layModels();
    layCost();
    layLaws();
    laySources();
  }
  layMeasured();
}

part('by-paper').addEventListener('click', () => { shownBy = 'paper'; layCost(); });
part('by-readme').addEventListener('click', () => { shownBy = 'readme'; layCost(); });
part('others').addEventListener('change', layCost);
narrow.addEventListener('change', layAll);
new ResizeObserver(hintAtScrolling).observe(part('models'));
follow((what) => { if (what === 'words') layAll(); });
ask('numbers', {}, { latest: false, model: '' }).then((answer) => {
  figures = answer;
  layAll();
}, (error) => complain(part('complaint'), error));
