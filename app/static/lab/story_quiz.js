// The quiz: five of the questions at a time. Answers are looked at only when asked for, since arrow keys choose.

const FIVE = 5;

function questionsNow() {
  const all = words().questions || [];
  return Array.from({ length: Math.min(FIVE, all.length) }, (_, at) => (told.quiz.first + at) % all.length);
}

function drawQuiz() {
  part('questions').replaceChildren(...questionsNow().map((number) => {
    const { question, choices, step } = words().questions[number];
    const group = make('fieldset', {}, make('legend', { textContent: question }), ...choices.map((choice, index) => {
      const radio = make('input', {
        type: 'radio', name: `story-question-${number}`, value: index, checked: told.quiz.answers[number] === index,
        onchange: () => answerQuiz(number, index),
      });
      return make('label', {}, radio, make('span', { textContent: choice.text }));
    }), make('p', { className: 'story-told', 'data-question': number }));
    const back = make('button', {
      type: 'button', className: 'story-seen-in', textContent: fill(words().seen_in, { step }), onclick: () => goTo(step - 1),
    });
    return make('li', {}, group, back);
  }));
  sayQuiz();
}

function answerQuiz(number, index) {
  told.quiz.answers[number] = index;
  delete told.quiz.checked[number];
  sayQuiz();
}

function sayQuiz() {
  const now = questionsNow();
  for (const number of now) {
    const line = part('questions').querySelector(`[data-question="${number}"]`);
    const { choices, right } = words().questions[number];
    const answer = told.quiz.answers[number];
    if (!told.quiz.checked[number]) {
      line.textContent = '';
      delete line.dataset.right;
      continue;
    }
    if (answer === undefined) line.textContent = words().unanswered;
    else {
      line.textContent = `${answer === right ? words().right : words().wrong} ${choices[answer].feedback}`;
      line.dataset.right = answer === right ? 'yes' : 'no';
    }
  }
  const checked = now.filter((number) => told.quiz.checked[number]);
  const right = checked.filter((number) => told.quiz.answers[number] === words().questions[number].right);
  part('score').textContent = checked.length === now.length ? fill(words().score, { right: right.length, all: now.length }) : '';
  told.quiz.done ||= checked.length === now.length;
}

part('quiz').addEventListener('submit', (event) => {
  event.preventDefault();
  for (const number of questionsNow()) told.quiz.checked[number] = true;
  sayQuiz();
  sayNav();
});
part('others').addEventListener('click', () => {
  const all = words().questions.length;
  told.quiz.first = (told.quiz.first + FIVE) % all;
  for (const number of questionsNow()) {
    delete told.quiz.answers[number];
    delete told.quiz.checked[number];
  }
  drawQuiz();
  part('questions').querySelector('input')?.focus();
});
