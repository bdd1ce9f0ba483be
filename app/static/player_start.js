// --- words -----------------------------------------------------------------------------------------------------

function reword() {
  element.querySelectorAll('[data-label]').forEach((node) => {
    node.setAttribute('aria-label', words()[node.dataset.label]);
    if (node.tagName !== 'DIV' && node.tagName !== 'INPUT') node.title = words()[node.dataset.label];
  });
  element.querySelectorAll('[data-text]').forEach((node) => {
    node.textContent = words()[node.dataset.text];
  });
  player.setAttribute('aria-label', words().player);
  frames.forEach((_, index) => strip.children[index].setAttribute('aria-label', fill(words().thumb, facts(index))));
  layPicks();
  describe();
  tell();
}

layStrip();
reword();
watch('value', receive);
watch('words', reword);
watch('linked', tellLinked);
receive();
