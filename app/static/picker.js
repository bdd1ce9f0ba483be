// The class picker: a combobox over props.entries, [id, English name, Chinese name]. What the browser can match by itself it
// shows at once; the server's search (synonyms, misspellings, both languages) then has the last word.

const NONE = 'none';
const PATIENCE = 120; // ms without a key before the server is asked

const part = (name) => element.querySelector(`[data-part="${name}"]`);
const [label, input, surprise, list, hint, sights] = ['label', 'input', 'surprise', 'list', 'hint', 'sights'].map(part);
const words = () => props.words || {};
const plain = (text) => String(text).normalize('NFKC').toLowerCase();

let shown = []; // ids in the list
let active = -1;
let pointed = false; // the row in force was gone to by key, not offered
let entered = false; // Enter was pressed before the server had answered
let asked = 0;
let timer = null;

const said = ([id, english, chinese]) => {
  const [first, second] = words().language === 'zh' ? [chinese, english] : [english, chinese];
  return [id, first, first === second ? '' : second];
};
const entries = () => [...(props.entries || []).map(said), [NONE, words().none, '']];
const entryOf = (id) => entries().find((entry) => entry[0] === id);
const nameOf = (id) => (entryOf(id) || ['', ''])[1];
const open = () => !list.hidden;

function row([id, name, other], index) {
  const item = document.createElement('li');
  item.id = `class-option-${index}`;
  item.role = 'option';
  item.setAttribute('aria-selected', id === props.value);
  item.append(name);
  for (const text of [other, id === NONE ? '' : id]) {
    const small = document.createElement('small');
    small.textContent = text;
    item.append(' ', small);
  }
  item.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the focus
  item.addEventListener('click', () => choose(id));
  return item;
}

function fill(ids) {
  shown = ids;
  const known = new Map(entries().map((entry) => [entry[0], entry]));
  list.replaceChildren(...ids.filter((id) => known.has(id)).map((id, index) => row(known.get(id), index)));
  list.hidden = !ids.length;
  input.setAttribute('aria-expanded', String(open()));
  mark(-1);
}

function mark(index) {
  if (active >= 0) delete list.children[active]?.dataset.active;
  active = index;
  pointed = false;
  const item = list.children[index];
  if (item) {
    item.dataset.active = 'yes';
    item.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', item.id);
  } else input.removeAttribute('aria-activedescendant');
}

function say(count) {
  const text = { 0: words().nothing, 1: words().one }[count] || words().many;
  tell(count === null ? words().hint : text, { count, typed: input.value.trim() });
}

// The hint, which stands out where it says that the field went back to the class chosen before.
function tell(text, facts, kept = 'no') {
  hint.textContent = (text || '').replace(/\{(\w+)\}/g, (whole, key) => (key in facts ? String(facts[key]) : whole));
  hint.dataset.kept = kept;
}

function show() {
  fill(entries().map((entry) => entry[0]));
  mark(shown.indexOf(props.value));
}

// Small pictures of some classes, to choose at sight; arrow keys go from one to the next.
function layOut() {
  const known = (props.entries || []).filter(([id]) => id in (props.sights || {}));
  sights.hidden = !known.length;
  sights.replaceChildren(...known.map(([id]) => {
    const button = document.createElement('button');
    const image = document.createElement('img');
    button.type = 'button';
    button.dataset.id = id;
    button.title = nameOf(id);
    button.setAttribute('aria-label', nameOf(id));
    image.src = props.sights[id];
    image.alt = '';
    button.append(image);
    button.addEventListener('click', () => choose(id));
    return button;
  }));
  point();
}

function point() {
  const buttons = [...sights.children];
  const at = Math.max(0, buttons.findIndex((button) => Number(button.dataset.id) === props.value));
  buttons.forEach((button, index) => {
    button.setAttribute('aria-pressed', String(Number(button.dataset.id) === props.value));
    button.tabIndex = index === at ? 0 : -1;
  });
}

sights.addEventListener('keydown', (event) => {
  const buttons = [...sights.children];
  const at = buttons.indexOf(document.activeElement);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || !buttons[to]) return;
  event.preventDefault();
  buttons[to].focus();
});

function close() {
  clearTimeout(timer);
  asked += 1;
  entered = false;
  fill([]);
  input.value = nameOf(props.value);
  point();
  say(null);
}

function choose(id) {
  const changed = id !== props.value;
  props.value = id;
  close();
  if (changed) trigger('change');
}

function typed() {
  const query = input.value.trim();
  clearTimeout(timer);
  const mine = (asked += 1);
  entered = false;
  if (!query) {
    say(null);
    return show();
  }
  const found = entries().filter((entry) => plain(entry.join(' ')).includes(plain(query))).map((entry) => entry[0]);
  fill(found);
  if (found.length) mark(0);
  timer = setTimeout(async () => {
    let ids;
    try {
      ids = await server.find_classes(query, props.model || '');
    } catch (error) {
      ids = found.filter((id) => id !== NONE); // what the browser found by itself has to do
    }
    if (mine !== asked) return;
    const best = found.includes(NONE) ? [...ids, NONE] : ids;
    const held = pointed ? shown[active] : undefined;
    if (best.join() !== shown.join()) fill(best);
    if (best.includes(held)) {
      mark(best.indexOf(held));
      pointed = true;
    }
    if (best.length && active < 0) mark(0);
    if (entered && best.length) return choose(best[0]);
    say(best.length);
  }, PATIENCE);
}

input.addEventListener('focus', () => {
  input.select();
  show();
});
input.addEventListener('click', () => open() || show());
// What the text of the field means without a row of the list: the class so called or so numbered, or the only one found.
function meant(text) {
  const called = entries().filter((entry) => entry.some((name) => plain(name) === plain(text))).map((entry) => entry[0]);
  if (called.length) return called.length === 1 ? called[0] : undefined;
  return shown.length === 1 ? shown[0] : undefined;
}

input.addEventListener('blur', () => {
  const text = input.value.trim();
  const untouched = !text || text === nameOf(props.value);
  if (pointed && shown[active] !== undefined) return choose(shown[active]);
  if (untouched) return close();
  const [id, count] = [meant(text), shown.length];
  if (id !== undefined) return choose(id);
  close();
  // What was typed is not what will be drawn: say so, for the field goes back to what will.
  tell(count ? words().several : words().kept, { typed: text, count, name: nameOf(props.value) }, 'yes');
});
input.addEventListener('input', (event) => event.isComposing || typed());
input.addEventListener('compositionend', typed);
input.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  const last = list.children.length - 1;
  if (event.key === 'Enter' && (open() || input.value !== nameOf(props.value))) {
    event.preventDefault();
    entered = true; // and chosen when it is found, should only the server know it
    if (active >= 0) choose(shown[active]);
  } else if (event.key === 'Escape' && (open() || input.value !== nameOf(props.value))) {
    event.preventDefault();
    close();
    input.select();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (!open()) return show();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    mark((active + step + last + 1) % (last + 1));
    pointed = true;
  }
});
surprise.addEventListener('click', () => {
  const others = (props.entries || []).map((entry) => entry[0]).filter((id) => id !== props.value);
  if (others.length) choose(others[Math.floor(Math.random() * others.length)]);
  trigger('surprise');
});

function reword() {
  label.textContent = words().label;
  surprise.textContent = words().surprise;
  list.setAttribute('aria-label', words().label);
  sights.setAttribute('aria-label', words().sights);
  layOut();
  if (document.activeElement !== input) close();
}

reword();
watch('value', () => document.activeElement === input || close());
watch('words', reword);
watch('entries', reword);
