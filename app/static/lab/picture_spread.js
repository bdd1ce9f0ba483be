// What an edit did to the rest: which tokens stayed, and how far the pixels changed outside of what was drawn again.

async function askSpread(run) {
  try {
    const { picture, mask } = run.values;
    const found = await ask('picture_spread', { picture, mask, past: pastOf(run.record, 0) }, { latest: false, model });
    if (run !== edit) return;
    run.spread = { ...found, change: unpack(found.change, Float32Array), reach: unpack(found.reach, Uint8Array) };
    drawSpread();
  } catch (error) {
    complain(part('complaint'), error);
  }
}

function drawSpread() {
  const [found, cells] = [edit?.spread, edit?.cells];
  part('spread').hidden = !found;
  if (!found) return;
  const side = grid();
  const drawn = [...cells.keys()].filter((at) => cells[at]);
  const groups = { inside: [], near: [], far: [] };
  found.change.forEach((change, at) => {
    const away = Math.min(...drawn.map((to) => Math.max(
      Math.abs(Math.floor(to / side) - Math.floor(at / side)), Math.abs((to % side) - (at % side)))));
    if (away === 0) groups.inside.push(change);
    else if (away === 1) groups.near.push(change);
    else if (away >= 4) groups.far.push(change);
  });
  const percent = (list) =>
    `${((100 * list.reduce((sum, value) => sum + value, 0)) / list.length / found.source).toFixed(1)} %`;
  const outside = cells.length - drawn.length;
  const reached = found.reach.reduce((sum, bit, at) => sum + Number(bit && !cells[at]), 0);
  const top = Math.max(...found.change) / found.source;
  heat(part('change'), found.change.map((change) => change / found.source), side, 0, top);
  legend(part('change-legend'), 0, 100 * top, '%', 0);
  part('change').setAttribute('aria-label', words().change_alt || '');
  const facts = {
    kept: found.kept, equal: found.equal, drawn: found.total - found.kept, total: found.total, reached, outside,
    inside: percent(groups.inside), near: percent(groups.near), far: percent(groups.far),
    beyond: found.beyond.toExponential(0),
  };
  part('kept-line').textContent = fill(words().kept_line, facts);
  const sentences = [words().spread_line];
  if (groups.near.length) sentences.push(words().spread_near);
  if (groups.far.length) sentences.push(words().spread_far);
  if (outside) sentences.push(words().spread_why);
  if (reached < outside) sentences.push(words().spread_beyond);
  part('spread-line').textContent = sentences.map((each) => fill(each, facts)).join(words().language === 'zh' ? '' : ' ');
}
