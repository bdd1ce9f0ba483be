// Taking a picture: from a file, dropped, pasted, or one of the samples. Each becomes the square under everything.

const MOST_BYTES = 20_000_000;
const READABLE = /^image\/(png|jpeg|webp|gif|bmp|avif)$/;

async function take(file) {
  complain(part('complaint'), null);
  if (!file || !setup) return;
  if (file.size > MOST_BYTES) return complain(part('complaint'), words().too_large);
  try {
    if (READABLE.test(file.type)) {
      try {
        const picture = await createImageBitmap(file);
        const square = cut(picture, picture.width, picture.height);
        picture.close();
        return begin(square, null, -1);
      } catch (error) { /* what the browser cannot read, the server may, or says why not */ }
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    const answer = await ask('picture_prepare', { picture: btoa(text) }, { latest: false, model });
    const picture = await pictureOf(answer.picture);
    begin(cut(picture, picture.naturalWidth, picture.naturalHeight), null, -1);
  } catch (error) {
    complain(part('complaint'), error);
  }
}

// Whether the picture was brought, or made here: it outlasts a change of the model.
const isOwn = () => Boolean(base) && sample < 0;

// A new picture under everything; it is rebuilt at once.
function begin(square, classId, index) {
  base = square;
  baseClass = classId;
  sample = index;
  edit = pending = null;
  for (const name of ['outcome', 'spread', 'stop']) part(name).hidden = true;
  part('state').textContent = '';
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
