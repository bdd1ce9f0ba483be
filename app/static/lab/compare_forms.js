// One's own settings: a form for each side, within the limits of its model, and drawing what they say.

const RANGES = {
  seed: [0, 2 ** 32 - 1, 1], guidance: [0, 10, 0.1], top_k: [0, 0, 1], top_p: [0, 1, 0.01], temperature: [0.1, 2, 0.05],
};

function formFor(letterOf, settings) {
  const model = modelOf(settings.model);
  const field = (text, control) => make('label', {}, make('span', { textContent: text }), control);
  const choose = (options, value) => {
    const select = make('select', {}, ...options.map(([key, text]) => make('option', { value: key, textContent: text })));
    select.value = value;
    return select;
  };
  const zh = words().language === 'zh';
  const classes = [['', words().nothing], ...model.classes.map(([id, english, chinese]) => [String(id), `${zh ? chinese : english} (${id})`])];
  const controls = { class_id: choose(classes, settings.class_id === null ? '' : String(settings.class_id)) };
  if (catalogue.models.length > 1) controls.model = choose(catalogue.models.map(({ name }) => [name, name]), settings.model);
  for (const key of NUMBERS) {
    const [low, high, step] = RANGES[key];
    const most = key === 'top_k' ? model.codebook_size : high;
    controls[key] = make('input', { type: 'number', min: low, max: most, step: 'any', required: true, value: settings[key] });
    if (step === 1) controls[key].step = 1;
  }
  controls.smooth = make('input', { type: 'checkbox', checked: settings.smooth });
  const read = () => ({
    model: controls.model ? controls.model.value : settings.model,
    class_id: controls.class_id.value === '' ? null : Number(controls.class_id.value),
    ...Object.fromEntries(NUMBERS.map((key) => [key, Number(controls[key].value)])),
    smooth: controls.smooth.checked,
  });
  const valid = () => NUMBERS.every((key) => controls[key].reportValidity());
  if (controls.model) {
    controls.model.addEventListener('change', () => {
      const { model: name, ...rest } = read();
      edited[LETTERS.indexOf(letterOf)] = fitted({ ...rest, model: name }, name);
      layForms();
    });
  }
  const labels = { class_id: 'class_name' };
  const box = make('fieldset', {}, make('legend', { textContent: fill(words().side, { name: letterOf }) }),
    ...['model', 'class_id', ...NUMBERS, 'smooth'].filter((key) => controls[key]).map((key) => field(words()[labels[key] || key], controls[key])));
  return { box, read, valid };
}

let edited = [];
let sheets = [];

function layForms() {
  if (!catalogue || shownSides.length < 2) return;
  sheets = edited.map((settings, index) => formFor(LETTERS[index], settings));
  forms.replaceChildren(...sheets.map((sheet) => sheet.box));
}

part('details').addEventListener('toggle', () => {
  if (!part('details').open) return;
  edited = [shownSides[0], shownSides[other]].filter(Boolean).map((side) => side.settings);
  layForms();
});
part('draw').addEventListener('click', () => {
  if (sheets.length < 2 || !sheets.every((sheet) => sheet.valid())) return;
  lay(sheets.map((sheet) => sheet.read()), 'own');
});
part('stop').addEventListener('click', stopShow);
