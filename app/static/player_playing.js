// --- choosing and playing --------------------------------------------------------------------------------------

function choose(index) {
  if (!frames.length) return;
  pause();
  const place = Math.min(Math.max(index, 0), frames.length - 1);
  following = place === frames.length - 1 && frames.length < value.total;
  draw(place);
}

function pause() {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  describe();
}

function beat() {
  timer = setTimeout(() => {
    if (shown + 1 < frames.length) {
      beat();
      draw(shown + 1);
    } else {
      following = frames.length < value.total;
      pause();
    }
  }, BEAT / Number(speed.value));
}

play.addEventListener('click', () => {
  if (timer !== null) return pause();
  if (shown + 1 >= frames.length) draw(0);
  following = false;
  beat();
  describe();
});
back.addEventListener('click', () => choose(shown - 1));
forward.addEventListener('click', () => choose(shown + 1));
slider.addEventListener('input', () => choose(Number(slider.value) - 1));
strip.addEventListener('keydown', (event) => {
  const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: frames.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
  strip.children[shown]?.focus();
});
