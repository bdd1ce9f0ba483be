// Below the step stand what each scale adds, costs, and changes in frequency. Here is when each of them is drawn and
// asked for, and what they have in common.

const below = {
  differences: new WeakMap(), costs: new Map(), spectra: new WeakMap(), costSeen: false, spectrumSeen: false,
};

function drawBelow() {
  for (const name of ['changes', 'costs', 'spectrum']) part(name).hidden = false;
  drawNorms();
  drawDifference();
  if (below.costSeen) drawCosts();
  if (below.spectrumSeen) drawSpectrum();
}

// Answers by picture of a record, each asked for once; a failure may be asked again.
function once(cache, record, key, begin) {
  if (!cache.has(record)) cache.set(record, new Map());
  const known = cache.get(record);
  if (!known.has(key)) {
    const asked = begin();
    asked.catch(() => known.delete(key));
    known.set(key, asked);
  }
  return known.get(key);
}

const headOf = (names) => make('thead', {}, make('tr', {},
  ...names.map((name) => make('th', { scope: 'col', textContent: name }))));

// Costs and spectra are asked for when they come into sight.
const belowSeen = new IntersectionObserver((entries) => entries.forEach((entry) => {
  if (!entry.isIntersecting || !lab.record) return;
  if (entry.target === part('costs') && !below.costSeen) {
    below.costSeen = true;
    drawCosts();
  } else if (entry.target === part('spectrum') && !below.spectrumSeen) {
    below.spectrumSeen = true;
    drawSpectrum();
  }
}));
for (const name of ['costs', 'spectrum']) belowSeen.observe(part(name));
