// What each scale costs: tokens, arithmetic, time and memory as a table with bars, and the decoder apart.

function rounded(value) {
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1];
  return `${at && value < 100 ? value.toFixed(value < 10 ? 2 : 1) : Math.round(value)} ${units[at]}`.trim();
}

async function drawCosts() {
  const { record } = lab;
  const guided = record.options.guidance > 0;
  const key = `${record.model} ${guided}`;
  if (!below.costs.has(key)) {
    const asked = ask('anatomy_cost', { guided }, { latest: false, model: record.model });
    asked.catch(() => below.costs.delete(key));
    below.costs.set(key, asked);
  }
  try {
    const cost = await below.costs.get(key);
    if (record === lab.record) showCosts(cost, guided);
    complain(part('cost-complaint'), null);
  } catch (error) {
    complain(part('cost-complaint'), error);
  }
}

function showCosts(cost, guided) {
  const [{ record, selection }, say] = [lab, words()];
  const total = (values) => values.reduce((sum, each) => sum + each, 0);
  const columns = [
    { values: cost.tokens, text: String, sum: total(cost.tokens), apart: null },
    { values: cost.flops, text: rounded, sum: total(cost.flops), apart: cost.decoder_flops },
    { values: record.ms, text: (value) => `${Math.round(value)} ms`, sum: total(record.ms), apart: cost.decoder_ms },
    {
      values: cost.cache_bytes, text: (value) => `${rounded(value)}B`, sum: Math.max(...cost.cache_bytes), apart: null,
    },
  ];
  const tops = columns.map(({ values, apart }) => Math.max(...values, apart || 0));
  const cell = (text, share) => {
    const node = make('td', {}, make('span', { textContent: text }));
    if (share !== null) {
      const bar = make('i', { 'aria-hidden': 'true' });
      bar.style.width = `${100 * share}%`;
      node.append(bar);
    }
    return node;
  };
  const row = (name, cells, facts = {}) => make('tr', facts, make('th', { scope: 'row', textContent: name }), ...cells);
  part('cost').replaceChildren(
    headOf(say.cost_columns),
    make('tbody', {}, ...record.sides.map((side, scale) => row(`${side}×${side}`,
      columns.map(({ values, text }, at) => cell(text(values[scale]), values[scale] / tops[at])),
      { className: scale === selection.scale ? 'now' : '' }))),
    make('tfoot', {}, row(say.cost_total, columns.map(({ sum, text }) => cell(text(sum), null))),
      row(say.cost_decoder, columns.map(({ apart, text }, at) =>
        (apart === null ? cell('–', null) : cell(text(apart), apart / tops[at]))), { className: 'apart' })),
  );
  part('cost-said').textContent = fill(say.cost_said, {
    decoder: rounded(cost.decoder_flops), share: (100 * cost.decoder_flops / total(cost.flops)).toFixed(0),
  });
  const count = record.pictures.length;
  part('cost-note').textContent = fill(say.cost_note, {
    branches: say.branches[guided ? 1 : 0], bytes: cost.element_bytes,
    count: count === 1 ? say.one_picture : fill(say.many_pictures, { count }),
  });
}
