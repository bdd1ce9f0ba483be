// What the sentences of the steps name: the true numbers of the record on the table.

const record = () => lab.record;
const person = () => record().pictures[lab.selection.picture];
const marked = (kind) => `${kind} ${record().run} ${lab.selection.picture}`;
const slow = () => record().ms.reduce((sum, ms) => sum + ms, 0) > SLOW;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
const grouped = (value, digits = 0) => value.toLocaleString(words().language, {
  minimumFractionDigits: digits, maximumFractionDigits: digits,
});
const chance = (share) => {
  const digits = share >= 0.1 ? 0 : share >= 0.01 ? 1 : share >= 0.001 ? 2 : 4;
  return share < 0.000001 ? '< 0.0001 %' : `${(100 * share).toFixed(digits)} %`;
};

function factsOf() {
  const { sides, codebook_size: codebook, image_side: image, model } = record();
  const { scale } = lab.selection;
  const squares = sides.map((side) => side ** 2);
  const sum = (list) => list.reduce((all, one) => all + one, 0);
  const [tokens, last, side, next] = [sum(squares), sides[sides.length - 1], sides[scale], sides[scale + 1]];
  const keep = Math.min(KEEP, sides.length - 1);
  const [kept, raster] = [sum(squares.slice(0, keep)), last ** 2];
  const bits = Math.log2(codebook);
  const [pixels, packed] = [3 * image ** 2, (tokens * bits) / 8];
  const probability = column(person(), 'probability', scale);
  const drawn = probability ? [...probability.keys()].filter((at) => !column(person(), 'kept', scale)?.[at]) : [];
  const entropy = column(person(), 'entropy', scale);
  const low = typical(drawn, entropy, probability);
  const rank = column(person(), 'rank', scale);
  const known = {
    scales: sides.length, tokens: grouped(tokens), last, last_count: grouped(raster), codebook: grouped(codebook), side,
    count: grouped(side ** 2), scale: scale + 1, next, image, model, subject: subjectOf(record()), seed: person().seed,
    id: column(person(), 'ids', 0)[0], keep, kept: grouped(kept), later: grouped(tokens - kept),
    steps_between: sides.length - 1, raster: grouped(raster), extra: grouped(tokens - raster),
    bits: Number.isInteger(bits) ? bits : bits.toFixed(1), pixel_bytes: grouped(pixels),
    token_bytes: grouped(Math.ceil(packed)), share: ((100 * packed) / pixels).toFixed(2), byte_share: packed / pixels,
    ...(measured.seen && { about_model: fill(measured.seen === 'drawings' ? words().of_mini : words().of_another, { model }) }),
    low: drawn.length ? chance(probability[low]) : '–', low_index: low ?? 0, has_statistics: drawn.length > 0,
    low_entropy: drawn.length ? entropy[low].toFixed(2) : '–', typical: drawn.length ? chance(Math.exp(-entropy[low])) : '–',
    spread: drawn.length ? grouped(Math.exp(entropy[low]), Math.exp(entropy[low]) < 10 ? 1 : 0) : '–',
    cut: fill(cutOf(record().options), { top_k: grouped(record().options.top_k || 0) }),
    mean: entropy ? mean(entropy).toFixed(2) : '–', most: Math.log(codebook).toFixed(2),
    unlikely: rank ? grouped((100 * drawn.filter((at) => rank[at] > 0).length) / Math.max(drawn.length, 1)) : '–',
    after: next ? fill(words().sum_next, { next }) : words().sum_last,
  };
  return { ...known, ...originFacts(known), ...measured };
}

// Of the quarter of the cells with the highest entropy, the one drawn with a probability most like what such a spread
// gives, exp(−entropy): an example of many codes to choose from, not of an unlucky draw.
function typical(drawn, entropy, probability) {
  if (!drawn.length || !entropy) return drawn[0];
  const open = [...drawn].sort((one, two) => entropy[two] - entropy[one]).slice(0, Math.ceil(drawn.length / 4));
  const off = (at) => Math.abs(Math.log(Math.max(probability[at], 1e-30)) + entropy[at]);
  return open.reduce((best, at) => (off(at) < off(best) ? at : best), open[0]);
}

// How many codes top-p leaves is not in the record, so nothing is said of it.
function cutOf({ top_k: most, top_p: mass }) {
  if (mass && mass < 1) return words().cut_tail;
  return most && most < record().codebook_size ? words().cut_some : words().cut_none;
}

// What was found by drawing or asking, by name; emptied with the record that it was found for.
let measured = {};
let measuredFor = '';

function forget() {
  if (measuredFor === marked('')) return;
  measuredFor = marked('');
  measured = {};
}
