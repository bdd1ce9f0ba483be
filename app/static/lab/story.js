// The story: eight steps and a quiz. What was guessed and seen is kept with the store, as long as the page is open.

const ORDER = ['film', 'first', 'whole', 'keep', 'guidance', 'sure', 'cost', 'tokens'];
const APART = ['first', 'whole', 'keep', 'sure']; // steps whose rooms take the picture apart, which refuses a smooth one
const UNABLE = ['first', 'whole', 'keep']; // of these, those that can show nothing of it themselves
const SCALED = ['whole', 'sure']; // steps in which one may choose the scale
const told = (lab.story ||= { at: 0, guesses: {}, open: {}, quiz: { first: 0, answers: {}, checked: {}, done: false } });
for (const [name, box] of [['film', 'film'], ['keep', 'keep-film'], ['guidance', 'guidance-film']]) reels[name] = film(part(box));
const picker = scalePicker(part('scale'), (scale) => lab.select({ scale }));

const nameNow = () => ORDER[told.at];
const openNow = (name) => nameNow() === name && Boolean(told.open[name]);
const inQuiz = () => told.at >= ORDER.length;
const smoothIn = (names) => Boolean(lab.record?.options.smooth) && names.includes(nameNow());
const wordsOf = (at) => words().steps?.[at];
const put = (name, text) => { if (part(name).textContent !== text) part(name).textContent = text; };

// --- saying ------------------------------------------------------------------------------------------------------

function sayNav() {
  const names = [...ORDER, 'quiz'];
  const box = part('nav');
  const known = factsOf();
  if (box.children.length !== names.length) {
    box.replaceChildren(...names.map((_, at) => make('li', {}, make('button', { type: 'button', onclick: () => goTo(at) }))));
  }
  [...box.children].forEach(({ firstChild: button }, at) => {
    const quiz = at === ORDER.length;
    const done = quiz ? told.quiz.done : told.open[names[at]];
    const name = quiz ? words().quiz_name : fill(words().step_name, { step: at + 1, title: fill(wordsOf(at).title, known) });
    button.textContent = quiz ? words().quiz_name : at + 1;
    button.setAttribute('aria-label', done ? `${name}, ${words().step_done}` : name);
    button.title = name;
    button.tabIndex = at === told.at ? 0 : -1;
    button.dataset.done = done ? 'yes' : 'no';
    if (at === told.at) button.setAttribute('aria-current', 'step');
    else button.removeAttribute('aria-current');
  });
  const done = ORDER.filter((name) => told.open[name]).length;
  put('progress', fill(words().progress, { done, all: ORDER.length }));
  part('previous').disabled = told.at === 0;
  part('next').hidden = inQuiz();
  put('next', told.at + 1 < ORDER.length ? fill(words().next, { title: fill(wordsOf(told.at + 1).title, known) }) : words().to_quiz);
}

// Which choice is right; −1 while that is still to be measured.
const rightOf = (step) => (step.right >= 0 ? step.right : measured[`right_${nameNow()}`] ?? -1);

function sayStep() {
  const [step, known, name] = [wordsOf(told.at), factsOf(), nameNow()];
  const say = (text) => fill(text, known);
  const [open, guess] = [Boolean(told.open[name]), told.guesses[name]];
  put('count', fill(words().step_of, { step: told.at + 1, all: ORDER.length }));
  put('title', say(step.title));
  put('text', say(step.text));
  put('question', say(step.question));
  put('reveal', guess === undefined ? words().reveal_without : words().reveal);
  part('reveal').hidden = open;
  const unable = smoothIn(UNABLE);
  part('unable').hidden = !unable;
  part('guess').hidden = unable;
  part('smooth-room').hidden = !smoothIn(APART);
  sayChoices(step, say, open, guess);
  put('result', /\{\w+\}/.test(say(step.result)) ? '' : say(step.result)); // not before all of it is known
  put('act', smoothIn(APART) ? words().smooth_act
    : told.open[name] === 'acted' ? fill(words().again, { act: actOf(name) }) : actOf(name));
  part('curious').replaceChildren(...step.curious.map((text) => make('p', { className: 'quiet', textContent: say(text) })));
  part('found').hidden = !open || unable;
  part('step').dataset.open = open && !unable ? 'yes' : 'no';
}

function sayChoices(step, say, open, guess) {
  const box = part('choices');
  const right = rightOf(step);
  const name = nameNow();
  if (box.dataset.step !== name) {
    box.dataset.step = name;
    box.replaceChildren(...step.choices.map((_, index) => make('label', {},
      make('input', { type: 'radio', name: 'story-choice', value: index, onchange: () => { told.guesses[name] = index; sayStep(); } }),
      make('span', {}))));
  }
  [...box.children].forEach((label, index) => {
    label.firstChild.checked = guess === index;
    label.firstChild.disabled = open;
    const text = say(step.choices[index].text);
    if (label.lastChild.textContent !== text) label.lastChild.textContent = text;
    label.dataset.mark = !open || right < 0 ? '' : index === right ? 'right' : index === guess ? 'wrong' : '';
  });
  const lines = [];
  if (open && right >= 0 && !smoothIn(UNABLE)) {
    const feedback = (index) => say(step.choices[index].feedback);
    if (guess !== undefined) lines.push([guess === right ? 'right' : 'wrong', feedback(guess)]);
    if (guess !== right) lines.push(['answer', `${say(step.choices[right].text)}${words().stop}${feedback(right)}`]);
  }
  const key = JSON.stringify(lines);
  if (part('feedback').dataset.key === key && lines.length) return;
  part('feedback').dataset.key = key;
  part('feedback').replaceChildren(...lines.map(([mark, text]) => make('p', { 'data-mark': mark },
    make('strong', { textContent: words()[mark] }), ` ${text}`)));
}

// --- drawing -----------------------------------------------------------------------------------------------------

// More is known: what was drawn or counted goes into the sentences.
function learn(patch) {
  const fresh = Object.entries(patch).some(([key, value]) => measured[key] !== value);
  Object.assign(measured, patch);
  if (fresh && !inQuiz()) sayStep();
}

function stageAgain(name) {
  if (lab.record && !inQuiz() && nameNow() === name) STAGES[name](Boolean(told.open[name]));
}

function render() {
  const ready = Boolean(lab.record && words().steps);
  part('waiting').textContent = ready ? '' : words().waiting || '';
  part('step').hidden = !ready || inQuiz();
  part('quiz').hidden = !ready || !inQuiz();
  if (!ready) return;
  forget();
  sayNav();
  sayChip();
  if (inQuiz()) return drawQuiz();
  const name = nameNow();
  if (SCALED.includes(name)) chooseTellingScale(name);
  for (const stage of element.querySelectorAll('[data-stage]')) stage.hidden = stage.dataset.stage !== name || smoothIn(UNABLE);
  part('scale-row').hidden = !SCALED.includes(name) || !told.open[name] || smoothIn(UNABLE);
  picker.lay(record().sides);
  picker.set(lab.selection.scale);
  put('state', '');
  part('draw').hidden = true;
  complain(part('complaint'), null);
  sayStep();
  drawCover(name, Boolean(told.open[name]) && !smoothIn(UNABLE));
  STAGES[name](Boolean(told.open[name]));
  takeFocus();
}

// The first and the last map are no example of what most are like.
function chooseTellingScale(name) {
  const { scale } = lab.selection;
  const last = record().sides.length - 1;
  if (told.open[name] || (scale > 1 && scale < last)) return;
  lab.select({ scale: name === 'sure' ? last - 1 : Math.ceil(last / 2), index: 0 });
}

// Keys work at once after the room was opened, unless the focus is at work elsewhere by then.
let focusDue = false;
const idle = (node) => !node || node === document.body || Boolean(node.closest('#rooms > .tab-wrapper'));
function opened() {
  focusDue = chipNode().hidden;
  takeFocus();
  if (lab.record && !part('step').hidden) sayStep(); // the player may have turned to another run
}
function takeFocus() {
  if (!focusDue || !lab.record || part('step').hidden === part('quiz').hidden) return;
  focusDue = false;
  if (idle(document.activeElement)) part(inQuiz() ? 'quiz-title' : 'title').focus({ preventScroll: true });
}

// --- going on ----------------------------------------------------------------------------------------------------

function focusTitle() {
  const title = part(inQuiz() ? 'quiz-title' : 'title');
  title.focus({ preventScroll: true });
  part('lab').scrollIntoView({ block: 'start', behavior: calm.matches ? 'auto' : 'smooth' });
}

function goTo(at) {
  if (!lab.record || at < 0 || at > ORDER.length) return;
  for (const reel of Object.values(reels)) reel.pause();
  told.at = at;
  render();
  focusTitle();
}

function reveal() {
  const name = nameNow();
  if (!lab.record || told.open[name] || smoothIn(UNABLE)) return;
  told.open[name] = 'seen';
  render();
  part('result').focus({ preventScroll: true });
  if (name === 'film' && !calm.matches) reels.film.play();
}

part('guess').addEventListener('submit', (event) => {
  event.preventDefault();
  reveal();
});
part('act').addEventListener('click', () => {
  const name = nameNow();
  told.open[name] = smoothIn(APART) ? 'seen' : 'acted';
  if (smoothIn(APART)) return drawAnother();
  const label = actOf(name);
  sayStep();
  if (playsHere(name)) return playHere();
  perform(name, factsOf(), label, told.at + 1);
});
const drawAnother = () => perform('smooth', {}, words().smooth_act, told.at + 1);
part('without-smooth').addEventListener('click', drawAnother);
part('previous').addEventListener('click', () => goTo(told.at - 1));
part('next').addEventListener('click', () => goTo(told.at + 1));

// From the title: ↓ and ↑ go into the choices, Enter reveals; once revealed, Enter goes to what there is to do.
function keyOnTitle(key) {
  const radios = [...part('choices').querySelectorAll('input')];
  if (smoothIn(UNABLE)) return key === 'Enter' && (part('without-smooth').focus(), true);
  if (told.open[nameNow()]) return key === 'Enter' && (part('act').focus(), true);
  if (key === 'Enter') return reveal(), true;
  const radio = radios.find((each) => each.checked) || radios.at(key === 'ArrowDown' ? 0 : -1);
  radio.focus();
  radio.click();
  return true;
}

function onKey(event) {
  if (!element.isConnected) return document.removeEventListener('keydown', onKey);
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || !lab.record) return;
  if (element.offsetParent === null || !(element.contains(event.target) || idle(event.target))) return;
  const inNav = event.target.closest('[data-part="nav"]');
  const vertical = ['ArrowDown', 'ArrowUp'].includes(event.key);
  const titled = event.target === part('title') || (vertical && idle(event.target));
  if (titled && !inQuiz() && (vertical || event.key === 'Enter')) {
    if (keyOnTitle(event.key)) event.preventDefault();
    return;
  }
  if (event.target === part('result') && event.key === 'Enter') {
    event.preventDefault();
    return goTo(told.at + 1);
  }
  // Where arrows have a meaning of their own, they keep it; ← and → do not choose among answers here.
  const radio = event.target.matches('input[type="radio"]');
  if (!radio && event.target.closest('input, select, textarea, .film-transport, .film-prints, .scales')) return;
  const to = {
    ArrowLeft: told.at - 1, ArrowRight: told.at + 1, ...(inNav && { Home: 0, End: ORDER.length }),
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to < 0 || to > ORDER.length) return;
  goTo(to);
  if (inNav) part('nav').querySelector('[aria-current="step"]').focus();
}
document.addEventListener('keydown', onKey);

layWayBack();
watch('value', () => {
  if (receiveRun(props.value)) for (const name of ['keep', 'guidance']) if (openNow(name)) stageAgain(name);
});
// Nothing is drawn or asked for while another room is open; what changed meanwhile is shown on the way back.
let [shown, stale] = ['', false];
function refresh(what) {
  if (what === 'words' && lab.record && words().steps) sayChip();
  stale = element.offsetParent === null;
  if (stale) return;
  const key = lab.record ? `${marked('')} ${lab.selection.scale}` : '';
  if (what === 'selection' && key === shown) return;
  shown = key;
  render();
}
new IntersectionObserver(() => { if (stale) refresh('record'); }).observe(part('lab'));
follow(refresh);
