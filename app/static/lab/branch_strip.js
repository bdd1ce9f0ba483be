// The strip of scales: how many of them are kept. To the keyboard it is one slider, to the pointer a row of pictures.

const strip = part('strip');

function choose(count) {
  if (!here) return;
  keep = Math.min(Math.max(count, 0), total());
  trouble = '';
  if (!busy() && here.jobs.has(keep)) here.shown = here.jobs.get(keep);
  render();
}

strip.addEventListener('keydown', (event) => {
  if (!here) return;
  const to = {
    ArrowLeft: keep - 1, ArrowDown: keep - 1, ArrowRight: keep + 1, ArrowUp: keep + 1, Home: 0, End: total(),
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
});

let hung = null; // the node whose frames are on the strip
function renderStrip() {
  const { record, picture } = here;
  if (hung !== here) {
    hung = here;
    const cell = (count, face, text) =>
      make('span', { onclick: () => choose(count) }, face, make('span', { textContent: text }));
    strip.replaceChildren(
      cell(0, make('span', { className: 'no-scale' }), '0'),
      ...record.sides.map((side, scale) => {
        const canvas = make('canvas', { 'aria-hidden': 'true' });
        drawFrame(canvas, record, scale, picture);
        return cell(scale + 1, canvas, `${side}×${side}`);
      }),
    );
  }
  [...strip.children].forEach((cell, index) => {
    cell.classList.toggle('kept', index > 0 && index <= keep);
    cell.classList.toggle('edge', index === keep);
  });
  const note = fill(rangeWord('keep', keep, total()), { keep, total: total() });
  strip.setAttribute('aria-valuemax', total());
  strip.setAttribute('aria-valuenow', keep);
  strip.setAttribute('aria-valuetext', note);
  part('keep-note').textContent = note;
}
