import { K, toBody, toUserBody } from './histories.mjs';

/**
 * Mean nDCG@10 over users of the lists that a server answers to their whole histories, relevance 0 or 1 (Järvelin and Kekäläinen
 * 2002), against what was held out of them; with its standard error. A server that knows users by number gets that.
 * @param {{user: number, history: string[], wanted: string[]}[]} users
 */
export async function measureListQuality(server, users) {
  const figures = [];
  for (const user of users) figures.push(ndcg(await listOf(server, user), new Set(user.wanted)));
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  const variance = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0) / (figures.length - 1);
  return { users: figures.length, ndcg: mean, standardError: Math.sqrt(variance / figures.length) };
}

async function listOf({ port, path, authorization, contentType, knowsUsers }, { user, history }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': contentType },
    body: knowsUsers ? toUserBody(user) : toBody(history),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`a history was answered by ${response.status}: ${answer.detail}`);
  return answer.items.map(({ itemId }) => itemId);
}

function ndcg(list, wanted) {
  const gain = (place) => 1 / Math.log2(place + 2);
  const found = list.reduce((sum, itemId, place) => sum + (wanted.has(itemId) ? gain(place) : 0), 0);
  const ideal = Array.from({ length: Math.min(K, wanted.size) }, (_, place) => gain(place));
  return found / ideal.reduce((sum, value) => sum + value, 0);
}
