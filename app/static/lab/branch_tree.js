// The tree of originals: a record that comes to the table is its root, and whoever goes on from a sibling hangs a child
// on it. It is shown as a list with levels, along which the arrow keys walk.

const lineage = part('lineage');

const nodeOf = (record, picture, facts = {}) => ({
  record, picture, keep: null, parent: null, children: [], jobs: new Map(), shown: null, morph: null, ...facts,
});
const everyNode = (node = root) => (node ? [node, ...node.children.flatMap((child) => everyNode(child))] : []);
const sourceOf = (node) => node.record.pictures[node.picture];

function adopt(record) {
  if (!record) return;
  const known = [...jobs.values()].some((job) => job.value && job.value.record === record);
  if (root && (known || everyNode().some((node) => node.record === record))) return;
  if (active) stopShow();
  [active, queue, trouble] = [null, [], ''];
  jobs.clear();
  root = here = nodeOf(record, lab.selection.picture);
  keep = Math.min(keep, total());
  hangExhibit();
  learnClasses();
}

function goTo(node) {
  here = node;
  trouble = '';
  keep = Math.min(keep, total());
  render();
}

function goOn(job, picture) {
  const { record } = job.value;
  if (!record) return;
  const at = here;
  const old = at.children.find((child) => child.record === record && child.picture === picture);
  const child = old || nodeOf(record, picture, { keep: job.keep, parent: at, kind: job.kind });
  if (!old) at.children.push(child);
  goTo(child);
}

const nameOf = (node) => {
  const facts = {
    subject: subjectOf(node.record), seed: sourceOf(node).seed, keep: node.keep, index: node.picture + 1,
    total: node.record.sides.length,
  };
  if (!node.parent) return fill(words().root, facts);
  if (node.kind === 'branch') return fill(words().child, facts);
  const change = node.record.switch;
  const way = words()[change.cache === 'keep' ? 'morph_keep' : 'morph_replay'];
  return `${fill(words().morph_child, { ...facts, subject: className(change.class_id) })} · ${way}`;
};

function renderTree() {
  const nodes = everyNode();
  lineage.hidden = nodes.length < 2;
  const focused = lineage.contains(document.activeElement);
  lineage.replaceChildren(...nodes.map((node) => {
    let level = 1;
    for (let at = node; at.parent; at = at.parent) level += 1;
    const canvas = make('canvas', { 'aria-hidden': 'true' });
    drawFrame(canvas, node.record, node.record.frames.length - 1, node.picture);
    const item = make('li', {
      role: 'treeitem', 'aria-level': level, 'aria-selected': String(node === here), tabIndex: node === here ? 0 : -1,
      onclick: () => goTo(node),
    }, canvas, make('span', { textContent: nameOf(node) }));
    item.style.setProperty('--level', level);
    return item;
  }));
  if (focused) lineage.querySelector('[tabindex="0"]')?.focus();
}

lineage.addEventListener('keydown', (event) => {
  const nodes = everyNode();
  const from = nodes.indexOf(here);
  const to = {
    ArrowUp: nodes[from - 1], ArrowDown: nodes[from + 1], ArrowLeft: here.parent, ArrowRight: here.children[0],
    Home: nodes[0], End: nodes[nodes.length - 1],
  }[event.key];
  if (!to) return;
  event.preventDefault();
  goTo(to);
});
