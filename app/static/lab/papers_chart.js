// --- a chart: two logarithmic axes, marks one can point at and step through ------------------------------------

const SVG = 'http://www.w3.org/2000/svg';

const draw = (tag, facts = {}, ...children) => {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

const narrow = window.matchMedia('(max-width: 560px)');
const boxOf = () => (narrow.matches
  ? { width: 340, height: 320, left: 48, right: 10, top: 10, bottom: 44 }
  : { width: 640, height: 400, left: 58, right: 18, top: 16, bottom: 46 });

// Round places on a logarithmic axis.
function ticksOf(low, high, wanted) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const digit of wanted) all.push(Number((digit * 10 ** power).toPrecision(6)));
  }
  return all.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

// chart(box, { alt, x, y, series, line, table }): x and y are { low, high, ticks, title, text }; a series is
// { name, kind, points: [{ x, y, said, label }], joined }.
function chart(box, plan) {
  const { x, y } = plan;
  const BOX = boxOf();
  const across = (value) => BOX.left + (Math.log(value / x.low) / Math.log(x.high / x.low)) * (BOX.width - BOX.left - BOX.right);
  const down = (value) => BOX.height - BOX.bottom - (Math.log(value / y.low) / Math.log(y.high / y.low)) * (BOX.height - BOX.top - BOX.bottom);
  const svg = draw('svg', { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: 'group', 'aria-label': plan.alt });
  const [right, bottom] = [BOX.width - BOX.right, BOX.height - BOX.bottom];
  for (const tick of x.ticks) {
    svg.append(draw('line', { class: 'grid', x1: across(tick), x2: across(tick), y1: BOX.top, y2: bottom }),
      draw('text', { class: 'tick', x: across(tick), y: bottom + 18, 'text-anchor': 'middle' }, x.text(tick)));
  }
  for (const tick of y.ticks) {
    svg.append(draw('line', { class: 'grid', x1: BOX.left, x2: right, y1: down(tick), y2: down(tick) }),
      draw('text', { class: 'tick', x: BOX.left - 8, y: down(tick) + 4, 'text-anchor': 'end' }, y.text(tick)));
  }
  svg.append(draw('text', { class: 'axis', x: (BOX.left + right) / 2, y: BOX.height - 6, 'text-anchor': 'middle' }, x.title),
    draw('text', { class: 'axis', x: -(BOX.top + bottom) / 2, y: 14, transform: 'rotate(-90)', 'text-anchor': 'middle' }, y.title));
  if (plan.line) {
    svg.append(draw('line', { class: 'limit', x1: BOX.left, x2: right, y1: down(plan.line.at), y2: down(plan.line.at) }),
      draw('text', { class: 'limit-text', x: BOX.left + 0.5 * (right - BOX.left), y: down(plan.line.at) - 6 }, plan.line.text));
  }
  const said = make('p', { className: 'said quiet', role: 'status', textContent: words().read_here });
  const marks = [];
  const tell = (text) => { said.textContent = text; };
  for (const series of plan.series) {
    if (series.joined) {
      const path = series.points.map((point, at) => `${at ? 'L' : 'M'}${across(point.x).toFixed(1)} ${down(point.y).toFixed(1)}`).join('');
      svg.append(draw('path', { class: `law ${series.kind}`, d: path }));
    }
    for (const point of series.points.filter((one) => one.said)) {
      const mark = draw('g', { class: `mark ${series.kind}`, tabindex: marks.length ? -1 : 0, role: 'img', 'aria-label': point.said },
        draw('circle', { class: 'reach', cx: across(point.x), cy: down(point.y), r: 16 }),
        draw('circle', { class: 'dot', cx: across(point.x), cy: down(point.y), r: 6 }));
      if (point.label) {
        const end = across(point.x) > right - 100;
        mark.append(draw('text', {
          class: 'name', x: across(point.x) + (end ? -10 : 10), y: down(point.y) + (point.lift || -8), 'text-anchor': end ? 'end' : 'start',
        }, point.label));
      }
      mark.addEventListener('focus', () => tell(point.said));
      mark.addEventListener('pointerenter', () => tell(point.said));
      marks.push(mark);
    }
  }
  svg.append(...marks);
  svg.addEventListener('keydown', (event) => {
    const at = marks.indexOf(document.activeElement);
    const to = {
      ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1,
    }[event.key];
    if (at < 0 || to === undefined || !marks[to]) return;
    event.preventDefault();
    marks[at].setAttribute('tabindex', -1);
    marks[to].setAttribute('tabindex', 0);
    marks[to].focus();
  });
  const key = make('ul', { className: 'key' }, ...plan.series.map((series) => {
    const sample = draw('svg', { viewBox: '0 0 24 12', 'aria-hidden': 'true' });
    sample.append(series.joined ? draw('path', { class: `law ${series.kind}`, d: 'M1 6H23' }) : draw('g', { class: `mark ${series.kind}` }, draw('circle', { class: 'dot', cx: 12, cy: 6, r: 5 })));
    return make('li', {}, sample, series.name);
  }));
  const parts = [...(plan.title ? [make('h4', { textContent: plan.title })] : []), svg, key, said];
  if (plan.table) {
    const open = box.querySelector('details')?.open || false;
    parts.push(make('details', { open }, make('summary', { textContent: words().as_table }), make('div', { className: 'wide' }, plan.table)));
  }
  box.replaceChildren(...parts);
}
