// The square rebuilt by the tokenizer alone, scale by scale: the picture so far, what is left, and how close it came.

// Levels at the bright end of the map of what is left: fixed, so that pictures can be compared, and low, so that small
// losses are seen; what lies beyond looks alike and is counted in words.
const MOST_LEFT = 64;
const MOST_PSNR = 36; // dB of a full bar
const PACE = 350; // ms a scale in play

let rebuild = { mark: 0, frames: [], psnr: [], left: [], mean: [], beyond: [], state: 'empty' };
let rebuildScale = 0;
let leftLevels = null; // what is left at the scale shown, one number a pixel
let playing = null;

const bars = scalePicker(part('bars'), (scale) => { stopPlay(); showScale(scale); });

function askRebuild() {
  stopPlay();
  rebuild = { mark: (marks += 1), frames: [], psnr: [], left: [], mean: [], beyond: [], state: 'asked' };
  rebuildScale = 0;
  leftLevels = null;
  show('reconstruct', { picture: base.toDataURL('image/png'), mark: rebuild.mark }, model);
  drawRebuild();
}

function showScale(scale) {
  rebuildScale = Math.min(Math.max(scale, 0), Math.max(rebuild.frames.length - 1, 0));
  drawRebuild();
}

function drawRebuild() {
  if (!setup || !base) return;
  const scale = rebuildScale;
  penOf(part('original')).drawImage(base, 0, 0);
  bars.set(scale);
  [...part('bars').children].forEach((button, index) => {
    const psnr = rebuild.psnr[index];
    const known = psnr !== undefined;
    button.disabled = !known;
    button.style.setProperty('--share', known ? Math.min(psnr / MOST_PSNR, 1) : 0);
    button.querySelector('small').textContent = known ? psnr.toFixed(1) : '–';
    button.setAttribute('aria-label', fill(words().bar, { side: setup.sides[index], psnr: known ? psnr.toFixed(1) : '–' }));
  });
  const facts = {
    scale: scale + 1, total: setup.sides.length, side: setup.sides[scale],
    psnr: rebuild.psnr[scale]?.toFixed(1),
  };
  const known = rebuild.psnr[scale] !== undefined;
  const rebuiltText = known ? fill(words().rebuilt, facts) : words().busy;
  part('rebuilt-line').textContent = rebuiltText || '';
  part('rebuilt').setAttribute('aria-label', rebuiltText || '');
  sayLeft();
  const finished = rebuild.psnr.length === setup.sides.length;
  if (finished) part('lab').dataset.rebuilt = rebuild.mark;
  part('verdict').textContent = finished
    ? fill(words().verdict, {
      first: rebuild.psnr[0].toFixed(1), last: rebuild.psnr.at(-1).toFixed(1), half: rebuild.psnr[5]?.toFixed(1),
      side: setup.sides[5],
    }) : '';
  if (!known) {
    for (const name of ['rebuilt', 'left']) penOf(part(name)).clearRect(0, 0, side, side);
    return;
  }
  const run = rebuild.mark;
  Promise.all([rebuild.frames[scale].src, rebuild.left[scale]].map(pictureOf)).then(([made, picture]) => {
    if (run !== rebuild.mark || scale !== rebuildScale) return;
    const canvas = part('rebuilt');
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    penOf(canvas).drawImage(made, 0, 0);
    canvas.dataset.scale = scale + 1;
    const room = canvasOf(side);
    penOf(room).drawImage(picture, 0, 0);
    const grey = penOf(room).getImageData(0, 0, side, side).data;
    leftLevels = Uint8Array.from({ length: side * side }, (_, at) => grey[4 * at]);
    heat(part('left'), leftLevels, side, 0, MOST_LEFT);
    rebuild.beyond[scale] = leftLevels.filter((level) => level >= MOST_LEFT).length / leftLevels.length;
    sayLeft();
  });
}

// How much is lost at the scale shown; the share that the map cuts off follows once its pixels are here.
function sayLeft() {
  const [mean, beyond] = [rebuild.mean[rebuildScale], 100 * (rebuild.beyond[rebuildScale] || 0)];
  const facts = { mean: mean?.toFixed(1), beyond: beyond.toFixed(1), most: MOST_LEFT };
  const more = beyond < 0.05 ? '' : fill(words().left_beyond, facts);
  const text = mean === undefined ? '' : fill(words().left, facts) + more;
  part('left-line').textContent = text;
  part('left').setAttribute('aria-label', text);
}

function stopPlay() {
  clearInterval(playing);
  playing = null;
  part('play').textContent = words().play || '';
}

part('play').addEventListener('click', () => {
  if (playing) return stopPlay();
  let scale = rebuildScale >= rebuild.frames.length - 1 ? 0 : rebuildScale;
  showScale(scale);
  part('play').textContent = words().pause;
  playing = setInterval(() => {
    scale += 1;
    if (scale >= rebuild.frames.length || !element.isConnected) return stopPlay();
    showScale(scale);
  }, PACE);
});

for (const name of ['original', 'rebuilt', 'left']) {
  part(name).addEventListener('pointermove', (event) => {
    const at = placeOf(event, part(name));
    if (!leftLevels || !at) return;
    part('left-line').textContent = fill(words().here, { x: at.x, y: at.y, level: leftLevels[at.y * side + at.x] });
  });
  part(name).addEventListener('pointerleave', drawRebuild);
}
