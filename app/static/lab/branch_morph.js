// Another class from a scale on: the same seed both ways, with the memory kept and with the prefix read again.

const [classBox, morphDraw] = ['classes', 'morph-draw'].map(part);

let classes = { model: null, list: [] };
const morphReel = film(part('morph-film'), {
  pick: (index) => goOn(here.morph[index - 1], 0),
});

function className(id) {
  const known = classes.list.find((one) => one[0] === id);
  return known ? known[words().language === 'zh' ? 2 : 1] : words().nothing;
}

function morphRefusal() {
  const earlier = here.record.switch ? here.record.switch.scale : total() - 1;
  if (keep < 1 || keep >= total()) return fill(words().morph_range, { most: total() - 1 });
  return keep > earlier ? fill(words().morph_again, { most: earlier }) : '';
}

async function learnClasses() {
  const { model } = here.record;
  if (classes.model === model) return;
  classes = { model, list: [] };
  try {
    const answer = await ask('branch_classes', {}, { latest: false, model });
    if (classes.model === model) classes.list = answer.classes;
  } catch (error) {
    trouble = error.message;
  }
  render();
}

function layClasses() {
  const own = here.record.switch ? here.record.switch.class_id : here.record.class_id;
  const language = words().language === 'zh' ? 2 : 1;
  const key = `${classes.model} ${classes.list.length} ${language} ${own}`;
  if (classBox.dataset.key === key) return;
  const before = classBox.value;
  classBox.dataset.key = key;
  classBox.replaceChildren(...classes.list.filter((one) => one[0] !== own)
    .map((one) => make('option', { value: one[0], textContent: one[language] })));
  if ([...classBox.options].some((option) => option.value === before)) classBox.value = before;
}

function drawMorph() {
  const made = ['keep', 'replay'].map((cache) => ({
    kind: 'morph', node: here, keep, ticket: ticketOf(), value: null,
    values: { class_id: Number(classBox.value), cache },
  }));
  here.morph = made;
  begin([...made]);
}

function renderMorph() {
  layClasses();
  const why = morphRefusal();
  part('morph-note').textContent = why;
  morphDraw.disabled = busy() || Boolean(why) || Boolean(refusal()) || !classes.list.length;
  const made = here.morph;
  part('morph-result').hidden = !made;
  if (!made) return;
  const own = { ...reelOf(here.record, here.picture), title: words().original, off: true };
  const prints = made.map((job) => ({
    ...reelOf(job.value || { frames: [], columns: 1, seeds: [0] }), off: !job.value || !job.value.record,
    title: `${words()[`morph_${job.values.cache}`]} · ${className(job.values.class_id)}`, action: words().morph_go_on,
  }));
  morphReel.show({ key: made[0].ticket, sides: here.record.sides, prints: [own, ...prints] });
  for (const job of made) {
    const shares = (job.value && job.value.facts.equal) || [];
    columnsIn(part(`equal-${job.values.cache}`), percentItems(shares, here.record.sides, words().morph_item), 1);
  }
}
