// What each scale adds: a map and a strength a scale, which the record holds, and on demand the picture decoded with
// and without the scale.

function drawNorms() {
  const [{ record, selection }, say, box] = [lab, words(), part('norms')];
  const picture = record.pictures[selection.picture];
  const last = record.sides[record.sides.length - 1];
  const maps = record.sides.map((_, scale) => column(picture, 'change', scale));
  const [, high] = extent(maps);
  if (box.childElementCount !== maps.length) {
    box.replaceChildren(...maps.map((_, scale) => make('button', { type: 'button', onclick: () => chooseScale(scale) },
      make('span', { className: 'frame' },
        make('canvas', { className: 'cells' }), make('span', { className: 'outline' })),
      make('span', { className: 'shape' }))));
  }
  maps.forEach((values, scale) => {
    const button = box.children[scale];
    const strength = picture.strength[scale].toFixed(3);
    heat(button.querySelector('canvas'), values, last, 0, high);
    button.setAttribute('aria-pressed', String(scale === selection.scale));
    button.setAttribute('aria-label', fill(say.change_map, { scale: scale + 1, side: record.sides[scale], strength }));
    button.title = button.getAttribute('aria-label');
    const side = make('b', { textContent: `${record.sides[scale]}×${record.sides[scale]}` });
    button.lastChild.replaceChildren(side, ` ${strength}`);
  });
  legend(part('change-legend'), 0, high);
  outlineNorms();
}

function outlineNorms() {
  const { record, selection } = lab;
  const side = record.sides[selection.scale];
  const [row, col] = [Math.floor(selection.index / side), selection.index % side];
  const place = `left:${100 * col / side}%;top:${100 * row / side}%;width:${100 / side}%;height:${100 / side}%`;
  part('norms').querySelectorAll('.outline').forEach((node) => { node.style.cssText = place; });
}

// The decoded difference: shown if it was asked for, else the button that asks.
async function drawDifference(wanted = false) {
  const [{ record, selection }, say] = [lab, words()];
  const { picture, scale } = selection;
  const key = `${picture} ${scale}`;
  const known = below.differences.get(record)?.has(key);
  const smooth = Boolean(record.options.smooth);
  part('decode').parentElement.hidden = smooth || Boolean(known && !wanted);
  part('decode').textContent = fill(say.change_ask, { scale: scale + 1 });
  part('change-note').textContent = fill(say.change_note, { scale: scale + 1 });
  part('change-note').hidden = smooth;
  complain(part('change-complaint'), null);
  if (smooth || (!known && !wanted)) {
    part('difference').hidden = true;
    part('change-said').textContent = '';
    return;
  }
  part('decode').disabled = true;
  if (wanted) part('decode').textContent = say.change_asking;
  try {
    const found = await once(below.differences, record, key, () => ask('anatomy_change',
      { past: pastOf(record, picture, scale + 1), scale }, { latest: false, model: record.model }));
    if (record !== lab.record || key !== `${lab.selection.picture} ${lab.selection.scale}`) return;
    showDifference(found);
    part('decode').parentElement.hidden = true;
  } catch (error) {
    complain(part('change-complaint'), error);
    part('decode').textContent = fill(say.change_ask, { scale: scale + 1 });
  } finally {
    part('decode').disabled = false;
  }
}

function showDifference(found) {
  const say = words();
  part('difference').hidden = false;
  part('difference').replaceChildren(...['without', 'with', 'change'].map((name, at) => make('figure', {},
    make('img', { src: found[name], alt: say.change_pictures[at] }),
    make('figcaption', { textContent: say.change_pictures[at] }))));
  part('change-said').textContent = fill(say.change_said, {
    rms: found.rms.toFixed(1), largest: found.largest.toFixed(0), span: Math.round(255 * found.span),
    clipped: (100 * found.clipped).toFixed(1),
  });
}

part('decode').addEventListener('click', () => drawDifference(true));
