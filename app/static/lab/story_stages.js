// What each step shows: the true frames, tensors and numbers of the record on the table.

const STAGES = {
  film(open) {
    const { sides, run } = record();
    if (!open) return;
    const key = marked('film');
    reels.film.show({ key, sides, prints: [{ ...reelOf(record(), lab.selection.picture), title: subjectOf(record()) }] });
    part('film').dataset.run = run;
  },

  async first() {
    const all = record().sides.length;
    const key = marked('first');
    const canvases = [part('first-frame'), part('first-last')];
    const titles = [fill(words().frame_title, { scale: 1 }), words().finished_picture];
    await Promise.all(canvases.map((canvas, index) => picture(canvas, index ? all - 1 : 0, titles[index])));
    if (key !== marked('first')) return;
    const colours = canvases.map(averageOf);
    canvases.forEach((canvas, index) => {
      const colour = `RGB ${colours[index].join(' ')}`;
      const swatch = make('span', { className: 'story-swatch', role: 'img', 'aria-label': fill(words().average_alt, { colour }) });
      swatch.style.background = `rgb(${colours[index].join(' ')})`;
      const average = fill(words().average, { colour });
      const told = openNow('first') ? [swatch, ` ${average}`] : [];
      captionOf(canvas).replaceChildren(make('span', { textContent: titles[index] }), make('span', {}, ...told));
    });
    learn({ first_colour: `RGB ${colours[0].join(' ')}`, last_colour: `RGB ${colours[1].join(' ')}` });
  },

  async whole(open) {
    const { scale } = lab.selection;
    const key = `${marked('whole')} ${scale}`;
    if (record().options.smooth) return;
    if (!steps.has(key)) {
      const values = { past: pastOf(record(), lab.selection.picture, scale + 1), scale };
      steps.set(key, ask('anatomy_step', values, { latest: false }));
      steps.get(key).catch(() => steps.delete(key));
    }
    try {
      const answer = await steps.get(key);
      if (key !== `${marked('whole')} ${lab.selection.scale}`) return;
      drawFlow(answer, openNow('whole') || open);
      complain(part('complaint'), null);
    } catch (error) {
      complain(part('complaint'), error);
    }
  },

  keep(open) {
    if (!open || record().options.smooth) return;
    const { keep } = factsOf();
    const run = exhibited() || drawnRuns.get(marked('keep'));
    if (!run) {
      const begin = () => {
        part('draw').hidden = true;
        draw(marked('keep'), 'branch', { past: pastOf(record(), lab.selection.picture), keep, ...SIBLINGS });
        drawNone(true);
        STAGES.keep(true);
      };
      if (failedRuns.has(marked('keep'))) {
        part('keep-film').hidden = true;
        return offerAgain(begin);
      }
      if (exhibit === undefined) return;
      if (slow() && !exhibit) {
        part('keep-film').hidden = true;
        return offerRun(begin);
      }
      if (!slow() || !exhibit) return begin();
    }
    part('keep-film').hidden = false;
    if (run?.beforehand && !slow()) drawNone();
    drawSiblings(run || { value: exhibit, foreign: true }, keep);
  },

  guidance(open) {
    if (!open) return;
    const keys = STRENGTHS.map((strength) => `${marked('guidance')} ${strength}`);
    const runs = keys.map((key) => drawnRuns.get(key));
    if (runs.some((run) => !run)) {
      const begin = () => {
        part('draw').hidden = true;
        STRENGTHS.forEach((strength, index) => draw(keys[index], 'sample', {
          class_id: record().class_id, seed: person().seed, options: { ...record().options, guidance: strength },
        }));
        STAGES.guidance(true);
      };
      const failed = keys.some((key) => failedRuns.has(key));
      part('guidance-film').hidden = part('equal-title').hidden = slow() || failed;
      if (failed) return offerAgain(begin);
      return slow() ? offerRun(begin) : begin();
    }
    drawGuided(runs);
  },

  sure() {
    const { scale } = lab.selection;
    const facts = factsOf();
    const title = fill(words().frame_title, { scale: record().sides.length });
    picture(part('sure-picture'), record().sides.length - 1, title);
    captionOf(part('sure-picture')).textContent = words().finished_picture;
    const entropy = column(person(), 'entropy', scale);
    complain(part('complaint'), entropy ? null : words().no_statistics);
    if (!entropy) return;
    const high = Math.log(record().codebook_size);
    const canvas = part('sure-map');
    heat(canvas, entropy, record().sides[scale], 0, high);
    legend(part('sure-legend'), 0, high, words().nats);
    const [low, most] = extent([entropy]);
    const told = { scale: scale + 1, low: low.toFixed(2), high: most.toFixed(2), mean: facts.mean };
    canvas.setAttribute('aria-label', fill(words().map_of, told));
    captionOf(canvas).textContent = fill(words().map_title, told);
    const [side, at] = [record().sides[scale], facts.low_index];
    const place = { left: at % side, top: Math.floor(at / side), width: 1, height: 1 };
    for (const [edge, cells] of Object.entries(place)) part('sure-mark').style[edge] = `${(100 * cells) / side}%`;
    part('sure-mark').hidden = !facts.has_statistics;
  },

  async cost() {
    const { model } = record();
    if (!races.has(model)) {
      races.set(model, ask('race', {}, { latest: false, model }));
      races.get(model).catch(() => races.delete(model));
    }
    try {
      const { entries } = await races.get(model);
      if (model !== record().model) return;
      drawCosts(entries);
    } catch (error) {
      complain(part('complaint'), error);
    }
  },

  async tokens() {
    const facts = factsOf();
    part('pixel-bytes').textContent = fill(words().bytes_pixels, { bytes: facts.pixel_bytes });
    part('token-bytes').textContent = fill(words().bytes_tokens, { bytes: facts.token_bytes });
    part('token-bar').style.width = `${100 * facts.byte_share}%`;
    if (measured.seen) return;
    const { model } = record();
    const { seen } = await ask('seen', {}, { latest: false, model }).catch(() => ({ seen: 'unknown' }));
    if (model === record().model) learn({ seen });
  },
};

const steps = new Map();
const races = new Map();
const reels = {};

// What failed is not asked for again by itself: a full line would be asked without end.
function offerAgain(begin) {
  part('state').textContent = words().failed;
  offerRun(begin);
}

function offerRun(begin) {
  part('draw').hidden = false;
  part('draw').onclick = begin;
}
