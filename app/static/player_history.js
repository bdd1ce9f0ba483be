// --- what was made in this session, its pictures kept in the browser; the link and the settings of what is shown --

const MOST_KEPT = 12;

function keep(run) {
  past = [run, ...past.filter((other) => other.run !== run.run)].slice(0, MOST_KEPT);
}

function showHistory() {
  const busy = value.state === 'working' || value.state === 'waiting';
  history.hidden = !past.length;
  kept.replaceChildren(...past.map((run) => {
    const button = document.createElement('button');
    const image = document.createElement('img');
    button.type = 'button';
    button.disabled = busy;
    image.src = run.frames[run.frames.length - 1].src;
    image.alt = '';
    const text = fill(words().kept, { subject: subjectOf(run), seed: run.seeds[0] });
    button.setAttribute('aria-label', text);
    button.title = text;
    if (run.run === value.run) button.setAttribute('aria-current', 'true');
    button.append(image);
    button.addEventListener('click', () => recall(run));
    return button;
  }));
}

function recall(run) {
  if (run.run === value.run) return;
  begin(run);
  tell();
  pump();
  trigger('recall', { run: run.run }); // the files to take away are the server's
}

async function copyLink() {
  const address = `${location.origin}${location.pathname}?${value.query}`;
  window.history.replaceState(null, '', address);
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = words().copied;
  } catch (error) {
    status.textContent = words().in_bar; // no permission, or no secure context
  }
}

link.addEventListener('click', copyLink);
again.addEventListener('click', () => trigger('again', { query: value.query }));
