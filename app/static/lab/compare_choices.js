// Quick choices: buttons that lay the picture on the table beside one that differs in one thing.

const STRENGTHS = [0, 1.5, 4, 8];
let seedsTried = 0;

const CHOICES = {
  off: (a) => [a, { ...a, guidance: 0 }],
  on: (a) => [a, { ...a, guidance: 4 }],
  row: (a) => STRENGTHS.map((guidance) => ({ ...a, guidance })),
  seed: (a) => [a, { ...a, seed: (a.seed + (seedsTried += 1)) % 2 ** 32 }],
  class: (a) => {
    const ids = modelOf(a.model).classes.map(([id]) => id);
    const now = shownSides[1]?.settings.class_id ?? a.class_id;
    const after = ids[(ids.indexOf(now) + 1) % ids.length];
    return [a, { ...a, class_id: after === a.class_id ? ids[(ids.indexOf(after) + 1) % ids.length] : after }];
  },
};

function fitted(settings, name) {
  const model = modelOf(name);
  const knows = model.classes.some(([id]) => id === settings.class_id);
  return { ...settings, model: name, class_id: knows ? settings.class_id : null, top_k: Math.min(settings.top_k, model.codebook_size) };
}

// Guidance pulls towards a class: where there is none, another seed is the first thing to compare.
const guidanceOf = ({ class_id: classId, guidance }) => (classId === null ? null : guidance > 0 ? 'off' : 'on');

function layQuick() {
  if (!catalogue || !lab.record) return;
  const base = fromTable().settings;
  const button = (name, text, act) =>
    make('button', { type: 'button', textContent: text, onclick: act, 'data-choice': name, 'aria-pressed': 'false' });
  const guided = guidanceOf(base);
  const own = modelOf(base.model);
  const names = [...(guided ? [guided, 'row'] : []), 'seed', ...(own?.classes.length > 1 ? ['class'] : [])];
  quick.replaceChildren(
    ...names.map((name) => button(name, words()[`quick_${name}`], () => lay(CHOICES[name](fromTable().settings), name, name === 'row' ? 3 : 1))),
    ...catalogue.models.filter((model) => model.name !== base.model).map((model) =>
      button('model', fill(words().quick_model, { name: model.name }), () =>
        lay([fromTable().settings, fitted(fromTable().settings, model.name)], 'model'))),
  );
  sayState();
}
