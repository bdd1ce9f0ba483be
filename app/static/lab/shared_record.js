// The record's arrays: they travel as text and are decoded once each, and what the server wants to know of a record to
// take the model through it again.

const KINDS = { ids: Uint16Array, rank: Uint16Array, kept: Uint8Array };
const decodedArrays = new WeakMap();

function unpack(text, Kind) {
  const raw = atob(text);
  const bytes = Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}

// One array of a picture of a record, such as column(record.pictures[0], 'entropy', 9); null where there is none.
function column(picture, name, scale) {
  const text = picture[name] && picture[name][scale];
  if (!text) return null;
  let cache = decodedArrays.get(picture);
  if (!cache) decodedArrays.set(picture, (cache = {}));
  return (cache[`${name} ${scale}`] ||= unpack(text, KINDS[name] || Float32Array));
}

// What the server wants to know of a picture to take the model through it again.
function pastOf(record, index, scales = record.sides.length) {
  const picture = record.pictures[index];
  return {
    class_id: record.class_id, seed: picture.seed, options: record.options, switch: record.switch,
    ids: picture.ids.slice(0, scales),
  };
}
