// One query's attention: shares per source scale, then the same weights as maps.

function attentionPanel() {
  const [block, head, shares, reads] = ['block', 'head', 'shares', 'reads'].map(part);
  let read = null; // {depth, heads, positions, weights, shares, even, sides, index}

  for (const select of [block, head]) select.addEventListener('change', () => draw());

  function fillSelects() {
    for (const [select, count] of [[block, read.depth], [head, read.heads]]) {
      const held = select.value;
      select.parentElement.hidden = count < 2; // there is nothing to choose
      const numbers = Array.from({ length: count }, (nothing, at) => make('option', { value: at, textContent: at + 1 }));
      select.replaceChildren(make('option', { value: '', textContent: words().mean }), ...numbers);
      select.value = held !== '' && Number(held) < count ? held : '';
    }
  }

  // Means of rows (depth × heads) of `width` values over what is not picked.
  function meanOf(values, width) {
    const mean = new Float64Array(width);
    let rows = 0;
    for (let at = 0; at < read.depth * read.heads; at += 1) {
      const [inBlock, inHead] = [Math.floor(at / read.heads), at % read.heads];
      if (block.value !== '' && Number(block.value) !== inBlock) continue;
      if (head.value !== '' && Number(head.value) !== inHead) continue;
      for (let place = 0; place < width; place += 1) mean[place] += values[at * width + place];
      rows += 1;
    }
    return mean.map((value) => value / rows);
  }

  function draw() {
    if (!read) return;
    const count = read.even.length;
    const chosen = meanOf(read.shares, count);
    const most = Math.max(...chosen, ...read.even);
    shares.replaceChildren(...read.even.map((even, scale) => {
      const side = read.sides[scale];
      const [bar, tick] = [make('span'), make('i')];
      bar.style.width = `${(100 * chosen[scale]) / most}%`;
      tick.style.left = `${(100 * even) / most}%`;
      const name = `${side}×${side}${scale === count - 1 ? ` (${words().own_scale})` : ''}`;
      const said = fill(words().share_of, { scale: scale + 1, side, share: percent(chosen[scale]), even: percent(even) });
      return make('div', { role: 'listitem', 'aria-label': said, 'data-share': chosen[scale] }, make('span', { textContent: name }),
        make('span', { className: 'inspect-track' }, bar, tick), make('span', { textContent: percent(chosen[scale]) }));
    }));
    part('shares-note').textContent = fill(words().shares_note, { sum: percent(chosen.reduce((sum, share) => sum + share, 0)) });
    drawMaps(meanOf(read.weights, read.positions), count);
  }

  function drawMaps(weights, count) {
    let start = 0;
    const maps = read.sides.slice(0, count).map((side, scale) => {
      const own = weights.subarray(start, start += side * side);
      const best = own.reduce((held, value, at) => (value > own[held] ? at : held), 0);
      const canvas = make('canvas', { className: 'cells', role: 'img', 'aria-label': fill(words().read_alt, {
        scale: scale + 1, high: percent(own[best]), row: Math.floor(best / side) + 1, column: (best % side) + 1,
      }) });
      heat(canvas, own, side, 0, own[best]);
      const [box, scalebar] = [make('span', { className: 'inspect-box' }), make('div')];
      boxOver(box, cellsOver(read.sides[count - 1], read.index, side), side);
      legend(scalebar, 0, 100 * own[best], '%', own[best] < 0.01 ? 2 : 1);
      scalebar.firstChild.textContent = '0';
      return make('figure', { 'data-scale': scale }, make('figcaption', { textContent: `${side}×${side}` }),
        make('div', { className: 'inspect-frame' }, canvas, box), scalebar);
    });
    reads.replaceChildren(...maps);
  }

  return {
    clear() { read = null; },
    put(next) {
      read = next;
      fillSelects();
      draw();
    },
    say() {
      if (read) fillSelects();
      draw();
    },
  };
}
