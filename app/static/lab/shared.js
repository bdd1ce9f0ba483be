// What all views of the lab share: here the store that the views of one page have in common, which holds the record on
// the table, what is selected in it, and all words (a view in a tab that was closed at first gets no props but its
// value), and how a view reads and follows it. The other shared_*.js ask, draw and build. All of them stand before each
// view's own script, as part of the same function body of (element, props, watch, trigger, server), after
// `const VIEW = '…'`.

const lab = (window.varLab ||= (() => {
  const listeners = new Set();
  const selection = { picture: 0, scale: 0, index: 0 };
  const store = { record: null, words: {}, selection, subscribe, put, select, say };
  function tell(what) { for (const listener of [...listeners]) listener(what); }
  // The listener leaves by itself once its view has left the page.
  function subscribe(node, listener) {
    const guarded = (what) => (node.isConnected ? listener(what) : listeners.delete(guarded));
    listeners.add(guarded);
  }
  function put(record) {
    if (!record || !Array.isArray(record.pictures)) return;
    store.record = record;
    Object.assign(selection, { picture: 0, scale: record.sides.length - 1, index: 0 });
    tell('record');
  }
  function say(words) {
    store.words = words || {};
    tell('words');
  }
  function select(patch) {
    if (!store.record) return;
    const next = { ...selection, ...patch };
    next.picture = Math.min(Math.max(next.picture, 0), store.record.pictures.length - 1);
    next.scale = Math.min(Math.max(next.scale, 0), store.record.sides.length - 1);
    next.index = Math.min(Math.max(next.index, 0), store.record.sides[next.scale] ** 2 - 1);
    if (Object.keys(next).every((key) => next[key] === selection[key])) return;
    Object.assign(selection, next);
    tell('selection');
  }
  return store;
})());

const part = (name) => element.querySelector(`[data-part="${name}"]`);
const words = () => lab.words[VIEW] || {};
const fill = (template, facts = {}) =>
  (template || '').replace(/\{(\w+)\}/g, (whole, key) => (key in facts ? String(facts[key]) : whole));
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const nameIn = (named) => (words().language === 'zh' && named.subject_zh) || named.subject || words().nothing;

// What a record shows. The sentence for a class that was switched is the room's where that is done.
const subjectOf = (record) => (record.switch ? fill(lab.words.branch?.morph_subject, {
  subject: nameIn(record), switched: nameIn(record.switch), scale: record.switch.scale + 1,
}) : nameIn(record));

// Calls back at once and whenever the record ('record'), the selection ('selection') or the language ('words') changes.
function follow(listener) {
  lab.subscribe(element, (what) => {
    if (what === 'words') sayWords();
    listener(what);
  });
  sayWords();
  listener('record');
}

// Fills data-text (text) and data-label (aria-label and, for buttons, title) from the words.
function sayWords() {
  element.querySelectorAll('[data-text]').forEach((node) => { node.textContent = words()[node.dataset.text] || ''; });
  element.querySelectorAll('[data-label]').forEach((node) => {
    node.setAttribute('aria-label', words()[node.dataset.label] || '');
    if (node.tagName === 'BUTTON') node.title = words()[node.dataset.label] || '';
  });
}
