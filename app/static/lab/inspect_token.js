// The token in view: where it lies in all maps and scales, and its numbers. Nothing here needs more than the record.

const facts = part('facts');
let saying = 0;

function drawToken() {
  if (!record()) return;
  const started = performance.now();
  const token = at();
  const side = sideOf(token.scale);
  const own = cellsOver(side, token.index, side);
  for (const panel of Object.values(panels)) {
    boxOver(boxOf(panel), own, side);
    panel.dataset.held = looked ? 'no' : 'yes';
  }
  [...reel.children].forEach((button, scale) =>
    boxOver(boxOf(button), cellsOver(side, token.index, sideOf(scale)), sideOf(scale)));
  canvasOf('picture').setAttribute('aria-label', fill(words().picture_alt, {
    subject: subjectOf(record()), total: record().sides.length, ...placeOf(token),
  }));
  drawFacts(token);
  facts.dataset.milliseconds = performance.now() - started;
}

function drawFacts(token) {
  const given = givenAt(token);
  const id = numbersOf('ids', token.scale)[token.index];
  const value = (name) => {
    const values = given && OF_THE_DRAW.includes(name) ? null : numbersOf(name, token.scale);
    return values ? values[token.index] : null;
  };
  const chip = make('span', { className: 'inspect-chip' });
  chip.style.background = `rgb(${colourOf(id).join(' ')})`;
  const nats = (number) => fill(words().nats, { value: number.toFixed(3) });
  const rank = (number) => fill(words().rank, { rank: number + 1, size: record().codebook_size });
  const items = [
    ['place', fill(words().place, placeOf(token))], ['id', id, [chip, String(id)]],
    ['origin', given ? words().given : words().drawn],
    ...[['probability', percent], ['filtered', percent], ['rank', rank], ['entropy', nats], ['divergence', nats]]
      .map(([name, say]) => [name, value(name), [value(name) === null ? words().absent : say(value(name))]]),
  ];
  facts.replaceChildren(...items.map(([name, number, children = [number]]) =>
    make('div', {}, make('dt', { textContent: words()[`fact_${name}`] }),
      make('dd', { 'data-fact': name, 'data-value': number ?? '' }, ...children))));
  part('facts-note').textContent = given ? words().facts_given : words().facts_drawn;
  clearTimeout(saying);
  if (looked) return;
  saying = setTimeout(() => {
    const probability = value('probability');
    part('spoken').textContent = fill(words().spoken, {
      ...placeOf(token), id, origin: given ? words().given : words().drawn,
      probability: probability === null ? words().absent : percent(probability),
    });
  }, 300);
}
