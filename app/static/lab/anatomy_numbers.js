// The numbers of the chosen cell, as bars.

const ROWS = ['codes', 'contribution', 'before', 'after'];
const bars = part('bars');

function layBars(count) {
  if (bars.querySelectorAll('button').length === count) return;
  bars.style.setProperty('--count', count);
  bars.replaceChildren(make('div', { className: 'row-names', 'aria-hidden': 'true' },
    ...ROWS.map(() => make('span'))), ...Array.from({ length: count }, (_, at) =>
    make('button', { type: 'button', tabIndex: -1, onclick: () => colourBy(state.channel === at ? null : at) },
      ...ROWS.map(() => make('span', {}, make('i'))))));
}

bars.addEventListener('keydown', (event) => {
  const buttons = [...bars.querySelectorAll('button')];
  const at = buttons.indexOf(event.target);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  if (!buttons[to]) return;
  buttons.forEach((button, each) => { button.tabIndex = each === to ? 0 : -1; });
  buttons[to].focus();
});

function chosenCell(cell, on) {
  cell.tabIndex = on ? 0 : -1;
  cell.setAttribute('aria-selected', String(on));
}

function drawCell() {
  const [{ record, selection }, { step }, say] = [lab, state, words()];
  const side = record.sides[step.scale];
  const last = record.sides[record.sides.length - 1];
  const dot = dotOf(selection.index, side, last);
  const known = facts();
  outline(selection.index, side, last);
  for (const cell of tokens.querySelectorAll('[tabindex="0"]')) chosenCell(cell, false);
  chosenCell(tokens.querySelectorAll('[role=gridcell]')[selection.index], true);
  layBars(step.channels);
  bars.querySelectorAll('.row-names span').forEach((node, row) => { node.textContent = say.rows[row]; });
  const buttons = [...bars.querySelectorAll('button')];
  buttons.forEach((button, channel) => {
    ROWS.forEach((name, row) => {
      const value = name === 'codes'
        ? step.codes[channel * side * side + selection.index] : step[name][channel * last * last + dot];
      const bar = button.children[row].firstChild;
      const share = 50 * Math.min(state.gain * Math.abs(value) / step.range, 1);
      bar.style.cssText = `top:${value > 0 ? 50 - share : 50}%;height:${share}%`;
    });
    button.setAttribute('aria-pressed', String(channel === state.channel));
    const sums = sumAt(channel);
    const code = signed(step.codes[channel * side * side + selection.index]);
    button.title = fill(say.bar, { ...sums, code });
    button.setAttribute('aria-label', button.title);
  });
  if (!buttons.some((button) => button.tabIndex === 0)) buttons[0].tabIndex = 0;
  part('bars-heading').textContent = fill(say.bars, known);
  part('chosen').textContent = fill(say.chosen, {
    ...known, row: Math.floor(selection.index / side) + 1, column: (selection.index % side) + 1,
  });
  part('adds').textContent = fill(say.adds_up, known);
  part('bars-note').textContent = fill(say.bars_note, { range: (step.range / state.gain).toFixed(2) });
  sayStage();
}
