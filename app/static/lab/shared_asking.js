// Asking the server: one answer to one question, or a stream that the view's value follows.

let asking = 0;

// The answer to a question, or null if another was asked meanwhile. Throws an Error with a text for people.
async function ask(kind, values, { latest = true, model = lab.record?.model || '' } = {}) {
  const own = latest ? (asking += 1) : 0;
  const answer = await server.lab_ask([kind, model, values, words().language || 'en']);
  if (latest && own !== asking) return null;
  if (answer && answer.error) throw new Error(answer.error);
  return answer;
}

// Starts a stream: the view's value then follows it. Needs a view that was made with a show.
const show = (kind, values, model = lab.record?.model || '') =>
  trigger('show', { kind, values, model, language: words().language || 'en' });
const stopShow = () => trigger('halt', {});
