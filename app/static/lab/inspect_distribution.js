// One position's distribution with live sliders. All of it is worked out here from two rows of logits.

const SHOWN_IDS = 20;

function distributionPanel({ colourOf }) {
  const [dials, bars, keptLine] = ['dials', 'bars', 'kept-line'].map(part);
  let own = null; // the run's settings
  let chosen = null; // the sliders'
  let token = null; // {logits, size, id, given, first}

  // How a slider stands for a value: to its own number, back, and in words.
  const kinds = {
    guidance: { min: 0, max: () => Math.max(10, own.guidance), step: 0.1, say: (value) => value.toFixed(1) },
    topK: {
      min: 0, max: () => 1000, step: 1, say: (value) => (value === null ? words().off : value),
      to: (value) => (value === null ? 1000 : (1000 * Math.log(value)) / Math.log(token.size)),
      from: (at) => (at >= 1000 ? null : Math.max(1, Math.round(token.size ** (at / 1000)))),
    },
    topP: {
      min: 0.01, max: () => 1, step: 0.01, say: (value) => (value === null ? words().off : value.toFixed(2)),
      to: (value) => value ?? 1, from: (at) => (at >= 1 ? null : at),
    },
    temperature: {
      min: 0.05, max: () => Math.max(2, own.temperature), step: 0.05, say: (value) => value.toFixed(2),
    },
  };
  const labels = { guidance: 'guidance', topK: 'top_k', topP: 'top_p', temperature: 'temperature' };
  const inputs = {};
  const outputs = {};
  const names = {};
  for (const [name, kind] of Object.entries(kinds)) {
    names[name] = make('span');
    outputs[name] = make('output');
    inputs[name] = make('input', { type: 'range', 'data-dial': name, step: kind.step, oninput: () => {
      const at = Number(inputs[name].value);
      chosen[name] = kind.from ? kind.from(at) : at;
      draw();
    } });
    dials.append(make('label', {}, names[name], outputs[name], inputs[name]));
  }
  const noGuidance = make('p', { className: 'quiet' });
  const said = make('p', { className: 'quiet' });
  const back = make('button', { type: 'button', 'data-dial': 'reset', onclick: () => { chosen = { ...own }; setDials(); draw(); } });
  dials.prepend(noGuidance);
  dials.append(said, back);
  const stack = make('div', { className: 'inspect-stack', role: 'img' });
  const stackKey = make('p', { className: 'inspect-keyline quiet' });
  keptLine.after(stack, stackKey);

  function setDials() {
    for (const [name, kind] of Object.entries(kinds)) {
      const input = inputs[name];
      [input.min, input.max] = [kind.min, kind.max()];
      input.value = kind.to ? kind.to(chosen[name]) : chosen[name];
    }
  }

  const strengthOf = () => chosen.guidance * token.logits.progress;

  function sayDials() {
    for (const [name, kind] of Object.entries(kinds)) {
      names[name].textContent = words()[labels[name]];
      const here = name === 'guidance' ? ` · ${fill(words().guidance_here, { value: strengthOf().toFixed(2) })}` : '';
      outputs[name].textContent = `${kind.say(chosen[name])}${here}`;
      inputs[name].setAttribute('aria-valuetext', outputs[name].textContent);
    }
    inputs.guidance.parentElement.hidden = token.first;
    noGuidance.hidden = !token.first;
    noGuidance.textContent = words().guidance_first;
    const changed = Object.keys(own).some((name) => own[name] !== chosen[name]);
    said.textContent = changed ? words().changed : words().as_run;
    back.textContent = words().reset;
    back.disabled = !changed;
  }

  function barRow(spread, id, most, rank) {
    const values = [spread.before[id], spread.after[id], spread.final[id]];
    const drawn = id === token.id;
    const mark = drawn ? ` ${token.given ? words().given : words().drawn}` : '';
    const chip = make('span', { className: 'inspect-chip' });
    chip.style.background = `rgb(${colourOf(id).join(' ')})`;
    const tracks = ['is-before', 'is-after', 'is-final'].map((kind, index) => {
      const line = make('span', { className: kind });
      line.style.width = `${(100 * values[index]) / most}%`;
      return line;
    });
    const row = make('tr', { 'data-id': id, title: fill(words().rank, { rank: rank + 1, size: token.size }) },
      make('th', { scope: 'row' }, chip, `${id}${mark}`),
      make('td', {}, make('div', { className: 'inspect-bar', 'aria-hidden': 'true' }, ...tracks)),
      ...values.map((value) => make('td', { textContent: percentShort(value) })));
    row.classList.toggle('is-drawn', drawn);
    return row;
  }

  function draw() {
    if (!token) return;
    const started = performance.now();
    sayDials();
    const spread = distributionOf(token.logits, { ...chosen, strength: strengthOf() });
    const order = Uint32Array.from(spread.after, (share, id) => id);
    order.sort((one, other) => spread.after[other] - spread.after[one] || one - other);
    const top = [...order.subarray(0, SHOWN_IDS)];
    const listed = top.includes(token.id) ? top : [...top, token.id];
    const most = Math.max(...listed.flatMap((id) => [spread.before[id], spread.after[id], spread.final[id]]));
    const sum = (values, ids) => ids.reduce((total, id) => total + values[id], 0);
    const rest = [spread.before, spread.after, spread.final].map((values) => Math.max(0, 1 - sum(values, listed)));
    const tail = make('tr', { className: 'is-tail' },
      make('th', { scope: 'row', textContent: fill(words().tail, { count: token.size - listed.length }) }), make('td'),
      ...rest.map((value) => make('td', { textContent: percentShort(value < 1e-9 ? 0 : value) })));
    const rows = listed.map((id) => barRow(spread, id, most, order.indexOf(id)));
    const between = order.indexOf(token.id) - top.length; // likelier ones that are not shown
    if (listed.length > top.length && between > 0) {
      const gap = make('th', { scope: 'row', colSpan: 5, textContent: fill(words().gap, { count: between }) });
      rows.splice(top.length, 0, make('tr', { className: 'is-gap' }, gap));
    }
    bars.replaceChildren(...rows, tail);
    const facts = { count: spread.count, size: token.size, mass: percent(spread.mass) };
    const dropped = spread.final[token.id] === 0 ? ` ${words().own_dropped}` : '';
    keptLine.textContent = fill(words().kept, facts) + dropped;
    drawStack(spread, top);
    Object.assign(bars.dataset, {
      count: spread.count, mass: spread.mass, after: spread.after[token.id], final: spread.final[token.id],
      id: token.id, milliseconds: performance.now() - started,
    });
  }

  function drawStack(spread, top) {
    const keeps = (id) => spread.final[id] > 0;
    const own = keeps(token.id) ? spread.after[token.id] : 0;
    const best = top.filter((id) => id !== token.id && keeps(id)).reduce((total, id) => total + spread.after[id], 0);
    const named = top.filter((id) => id !== token.id && keeps(id)).length + Number(keeps(token.id));
    // Where no id is left, what subtraction leaves is rounding.
    const parts = {
      own: ['is-own', 'stack_own', own], top: ['is-top', 'stack_top', best],
      tail: ['is-rest', 'stack_tail', spread.count > named ? Math.max(0, spread.mass - own - best) : 0],
      dropped: ['is-dropped', 'stack_dropped', spread.count < spread.after.length ? Math.max(0, 1 - spread.mass) : 0],
    };
    stack.replaceChildren(...Object.values(parts).map(([kind, , share]) => {
      const piece = make('span', { className: kind });
      piece.style.width = `${100 * share}%`;
      return piece;
    }));
    const shares = Object.fromEntries(Object.entries(parts).map(([name, [, , share]]) => [name, percent(share)]));
    stack.setAttribute('aria-label', fill(words().stack, shares));
    stackKey.replaceChildren(...Object.entries(parts).map(([name, [kind, word]]) =>
      make('span', {}, make('i', { className: kind }), `${words()[word]} ${shares[name]}`)));
  }

  function sayHead() {
    const titles = ['column_id', 'column_bars', 'column_before', 'column_after', 'column_final'];
    part('bars-head').replaceChildren(make('tr', {}, ...titles.map((name) =>
      make('th', { scope: 'col', textContent: words()[name] }))));
  }

  return {
    // Another run: the sliders go to its settings.
    start(options) {
      own = {
        guidance: options.guidance, topK: options.top_k ?? null, topP: options.top_p ?? null,
        temperature: options.temperature,
      };
      [chosen, token] = [{ ...own }, null];
    },
    put(next) {
      token = next;
      setDials();
      draw();
    },
    say() {
      sayHead();
      draw();
    },
  };
}
