// Where the tokens of the picture on the table came from, and whether Generate plays that picture too.

// None given: drawn. Whole maps from the coarsest on: those of another picture were kept. Else cells of a given picture.
function originOf() {
  const kept = record().sides.map((_, scale) => column(person(), 'kept', scale) || []);
  const given = kept.map((map) => map.reduce((sum, each) => sum + each, 0));
  const maps = given.filter((count, scale) => count && count === kept[scale].length).length;
  const count = given.reduce((sum, each) => sum + each, 0);
  if (!count) return { from: 'drawn' };
  return given.slice(maps).some(Boolean) ? { from: 'cells', count } : { from: 'maps', count: maps };
}

// How the tokens of one map came about, in a word or two.
function tokenSign(scale) {
  const kept = column(person(), 'kept', scale) || [];
  const count = kept.reduce((sum, each) => sum + each, 0);
  if (!count) return words().signs[1];
  if (count < kept.length) return fill(words().sign_partly, { count: grouped(count) });
  return words()[`sign_${originOf().from}`];
}

// What the sentences say of it: of all maps, of the first, and of the class that step 5 draws.
function originFacts(known) {
  const { from, count } = originOf();
  const smooth = Boolean(record().options.smooth);
  const given = from !== 'drawn' ? words()[`given_${from}`] : smooth ? words().given_smooth : '';
  return {
    given: fill(given, { ...known, count: grouped(count || 0) }),
    first_token: fill(words()[column(person(), 'kept', 0)?.[0] ? `token_${from}` : 'token_drawn'], known),
    drawn_as: record().switch ? fill(words().drawn_as, { first: nameIn(record()) }) : '',
    first_vector: fill(smooth ? words().vector_blend : words().vector_own, known),
  };
}

// The player may show another run: what lies on the table was perhaps not made there, or is no longer its newest.
const inPlayer = () => document.querySelector('#player [data-part="canvas"]')?.dataset.run === record().run;
const playsHere = (name) => name === 'film' && !inPlayer();
const actOf = (name) => (playsHere(name) ? words().play_here : fill(wordsOf(told.at).act, factsOf()));

function playHere() {
  part('film').scrollIntoView({ block: 'center', behavior: calm.matches ? 'auto' : 'smooth' });
  reels.film.play();
}
