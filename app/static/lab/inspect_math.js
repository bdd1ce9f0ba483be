// From logits to the distribution that is drawn from, as var_core/logits.py computes it, for one position:
//   guided = (1 + t)·cond − t·uncond;  p = softmax(guided / temperature);  top-k, then top-p on what top-k left.
// Logits are rounded to float32 where the model's are, so that ties and the last code kept come out alike.

function softmaxOf(logits) {
  let most = -Infinity;
  for (const value of logits) if (value > most) most = value;
  const result = new Float64Array(logits.length);
  let sum = 0;
  for (let id = 0; id < logits.length; id += 1) sum += result[id] = Math.exp(logits[id] - most);
  for (let id = 0; id < logits.length; id += 1) result[id] /= sum;
  return result;
}

// Lowest logit that top-k and top-p keep; k or p of null is off.
function floorOf(logits, topK, topP) {
  const sorted = Float32Array.from(logits).sort().reverse();
  let kept = sorted.length;
  if (topK !== null && topK < sorted.length) {
    kept = topK;
    while (kept < sorted.length && sorted[kept] === sorted[topK - 1]) kept += 1; // ties with the k-th stay
  }
  if (topP === null || topP >= 1) return sorted[kept - 1];
  const share = softmaxOf(sorted.subarray(0, kept));
  let least = kept - 1;
  let below = share[least];
  while (least > 0 && below <= 1 - topP) below += share[least -= 1];
  return sorted[least];
}

// What settings {strength, temperature, topK, topP} make of a position's logits {conditional, unconditional}.
function distributionOf(logits, { strength, temperature, topK, topP }) {
  const { conditional, unconditional } = logits;
  const tempered = new Float32Array(conditional.length);
  for (let id = 0; id < tempered.length; id += 1) {
    const guided = strength === 0 ? conditional[id]
      : Math.fround(Math.fround((1 + strength) * conditional[id]) - Math.fround(strength * unconditional[id]));
    tempered[id] = guided / temperature;
  }
  const floor = floorOf(tempered, topK, topP);
  const after = softmaxOf(tempered);
  let [mass, count] = [0, 0];
  for (let id = 0; id < after.length; id += 1) {
    if (tempered[id] >= floor) [mass, count] = [mass + after[id], count + 1];
  }
  const final = after.map((share, id) => (tempered[id] >= floor ? share / mass : 0));
  return { before: softmaxOf(conditional), after, final, mass, count };
}

// IEEE half floats, which browsers have no common array for.
function halvesOf(text) {
  return Float32Array.from(unpack(text, Uint16Array), (half) => {
    const [power, rest] = [(half >> 10) & 31, half & 1023];
    const size = power ? 2 ** (power - 15) * (1 + rest / 1024) : 2 ** -24 * rest; // weights are finite
    return half & 0x8000 ? -size : size;
  });
}

// Cells of a map of side `side` over the cell `index` of another map, as {left, top, width, height} in 0 … 1 and rows
// and columns; a map of another side has its cell borders elsewhere, so that one cell may lie over parts of four.
function cellsOver(fromSide, index, side) {
  const span = (at) => [Math.floor((at * side) / fromSide), Math.ceil(((at + 1) * side) / fromSide)];
  const [top, bottom] = span(Math.floor(index / fromSide));
  const [left, right] = span(index % fromSide);
  return { left, top, right, bottom };
}

// The cell of a map of side `side` under the middle of a cell of another.
function cellUnder(fromSide, index, side) {
  const under = (at) => Math.min(side - 1, Math.floor(((at + 0.5) * side) / fromSide));
  return under(Math.floor(index / fromSide)) * side + under(index % fromSide);
}
