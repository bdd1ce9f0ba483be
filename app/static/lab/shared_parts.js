// Parts of a page that any view may use: elements, a row of scale buttons, the way to another room, a complaint.

// Makes an element: make('button', { type: 'button', textContent: 'x', onclick }, child, …).
function make(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(facts)) {
    if (key.includes('-') || key === 'role' || key === 'for') node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children);
  return node;
}

// A row of scale buttons, arrow keys included; returns { set(scale), lay(sides) }.
function scalePicker(box, choose) {
  let sides = [];
  let current = -1;
  box.classList.add('scales');
  box.setAttribute('role', 'group');
  function set(scale) {
    current = scale;
    [...box.children].forEach((button, index) => {
      button.setAttribute('aria-pressed', String(index === scale));
      button.tabIndex = index === scale ? 0 : -1;
    });
  }
  function lay(next) {
    if (next.length === sides.length && next.every((side, index) => side === sides[index])) return;
    sides = next;
    box.replaceChildren(...sides.map((side, index) =>
      make('button', { type: 'button', textContent: `${side}×${side}`, onclick: () => choose(index) })));
    set(current);
  }
  box.addEventListener('keydown', (event) => {
    const to = {
      ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: sides.length - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= sides.length) return;
    event.preventDefault();
    choose(to);
    box.children[to]?.focus();
  });
  return { set, lay };
}

// Opens another room of the page by its name; resolves once its view is on the screen, or after a while without it.
async function openRoom(name) {
  // On a narrow screen some tabs have moved into a menu, where only their names tell them apart.
  const menu = [...document.querySelectorAll('#rooms > .tab-wrapper .overflow-dropdown button')];
  const tab = document.getElementById(`room-${name}-button`)
    || menu.find((button) => button.textContent.trim() === lab.words.rooms?.[name]);
  tab?.click();
  for (let tries = 0; tries < 100; tries += 1) {
    const view = document.getElementById(name === 'generate' ? 'player' : `lab-${name}`);
    if (view && view.offsetParent !== null) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

// Says what went wrong, in the view's line for it.
function complain(line, error) {
  if (!line) return;
  line.textContent = error ? String(error.message || error) : '';
}
