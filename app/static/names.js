// The names that Gradio gives its own controls for screen readers, in the language of the page. NAMES is head.py's:
// by language, Gradio's English name → ours; “{name}” is whatever Gradio has there.

(() => {
  const ATTRIBUTES = ['aria-label', 'title'];
  const changed = new WeakMap(); // node → { attribute: { theirs, ours } }

  function translated(text) {
    for (const [theirs, ours] of Object.entries(NAMES[document.documentElement.lang] || {})) {
      const [before, after] = theirs.split('{name}');
      if (after === undefined && text === theirs) return ours;
      if (after !== undefined && text.startsWith(before)) return ours.replace('{name}', () => text.slice(before.length));
    }
    return text;
  }

  function rename(node) {
    const known = changed.get(node) || {};
    for (const attribute of ATTRIBUTES) {
      const now = node.getAttribute(attribute);
      if (now === null) continue;
      const theirs = known[attribute]?.ours === now ? known[attribute].theirs : now;
      const ours = translated(theirs);
      known[attribute] = { theirs, ours };
      if (ours !== now) node.setAttribute(attribute, ours);
    }
    changed.set(node, known);
  }

  const renameIn = (node) => node.querySelectorAll('[aria-label], [title]').forEach(rename);

  new MutationObserver((records) => {
    for (const { attributeName, target, addedNodes } of records) {
      if (attributeName === 'lang') renameIn(document);
      else if (attributeName) rename(target);
      else for (const node of addedNodes) if (node instanceof Element) { rename(node); renameIn(node); }
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: [...ATTRIBUTES, 'lang'],
  });
  renameIn(document);
})();
