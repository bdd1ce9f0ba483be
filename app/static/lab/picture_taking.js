// Taking a picture: from a file, dropped, pasted, or one of the samples. Each becomes the square under everything.
// The file is kept at hand: a model of another size gets a square cut from it anew.

const MOST_BYTES = 20_000_000;
const READABLE = /^image\/(png|jpeg|webp|gif|bmp|avif)$/;

async function take(file) {
  complain(part('complaint'), null);
  if (!file || !setup) return;
  if (file.size > MOST_BYTES) return complain(part('complaint'), words().too_large);
  try {
    begin(await squareOf(file), null, -1, file);
  } catch (error) {
    complain(part('complaint'), error);
  }
}

async function squareOf(file) {
  if (READABLE.test(file.type)) {
    try {
      const picture = await createImageBitmap(file);
      const square = cut(picture, picture.width, picture.height);
      picture.close();
      return square;
    } catch (error) { /* what the browser cannot read, the server may, or says why not */ }
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  const answer = await ask('picture_prepare', { picture: btoa(text) }, { latest: false, model });
  const picture = await pictureOf(answer.picture);
  return cut(picture, picture.naturalWidth, picture.naturalHeight);
}

// Whether the picture was brought, or made here: it outlasts a change of the model.
const isOwn = () => Boolean(base) && sample < 0;

// The picture that was brought, for a model of another size.
async function beginAgain() {
  const [square, wanted] = [base, model];
  const again = brought && await squareOf(brought).catch(() => null);
  if (base === square && model === wanted) begin(again || square, baseClass, -1, brought);
}

// A new picture under everything; it is rebuilt at once. `file` is what it was cut from, if that was brought.
function begin(square, classId, index, file = null) {
  brought = file;
  base = square;
  baseClass = classId;
  sample = index;
  edit = pending = null;
  for (const name of ['outcome', 'spread', 'stop']) part(name).hidden = true;
  part('state').textContent = '';
  input.class.value = setup.classes.some(([id]) => id === baseClass) ? baseClass : 'none';
  start('fill');
  markSamples();
  askRebuild();
}

async function takeSample(index, quiet) {
  try {
    const answer = await ask('picture_example', { index }, { latest: false, model });
    const picture = await pictureOf(answer.picture);
    const button = part('samples').children[index];
    button.replaceChildren(Object.assign(new Image(), { src: answer.picture, alt: '' }));
    button.onclick = () => begin(cut(picture, picture.naturalWidth, picture.naturalHeight), answer.class_id, index);
    if (!quiet && !isOwn()) button.onclick();
  } catch (error) {
    complain(part('complaint'), error);
  }
}

function markSamples() {
  [...part('samples').children].forEach((button, index) => {
    button.setAttribute('aria-pressed', String(index === sample));
    button.setAttribute('aria-label', fill(words().sample, { number: index + 1 }));
  });
}

part('file').addEventListener('change', (event) => {
  take(event.target.files[0]);
  event.target.value = '';
});
const zone = part('lab');
zone.addEventListener('dragover', (event) => {
  event.preventDefault();
  part('drop').dataset.over = 'yes';
});
zone.addEventListener('dragleave', () => { part('drop').dataset.over = 'no'; });
zone.addEventListener('drop', (event) => {
  event.preventDefault();
  part('drop').dataset.over = 'no';
  take(event.dataTransfer.files[0]);
});
document.addEventListener('paste', function pasted(event) {
  if (!element.isConnected) return document.removeEventListener('paste', pasted);
  const file = [...(event.clipboardData?.files || [])].find((each) => each.type.startsWith('image/'));
  if (file && element.offsetParent) take(file);
});
