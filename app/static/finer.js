// On a phone: shows the settings that are folded away there. What they are is for app.css to say.

const button = element.querySelector('button');

function reword() {
  button.textContent = (props.words || {}).finer;
}

button.addEventListener('click', () => {
  button.setAttribute('aria-expanded', String(button.getAttribute('aria-expanded') !== 'true'));
});
reword();
watch('words', reword);
