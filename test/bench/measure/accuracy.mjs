import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT } from '../support/paths.mjs';
import { readRows } from './texts.mjs';

/** Task, and the starter pack that does it. */
const TASKS = {
  intent: 'intent',
  sst2: 'sentiment',
  imdb: 'sentiment',
  waimai: 'sentiment',
  hotel: 'sentiment',
  titles: 'product-category',
  categories: 'product-category',
};
const BATCH = 256;
/** The longest text that the function takes; longer ones are cut before they are sent. */
const MAX_CHARACTERS = 32_768;

/**
 * Accuracy of what is served: every test row is sent to the function, in batches, and the best label is compared. Two figures as
 * for the peers: over all labels, and over those that the test set has (for sentiment: positive against negative).
 */
export async function measureServedAccuracy(server) {
  const figures = {};
  for (const [task, pack] of Object.entries(TASKS)) {
    if (!existsSync(join(ROOT, 'infra', 'starter', pack, 'manifest.json'))) continue;
    for (const [test, part] of Object.entries(readRows(task).tests)) figures[test] = await measure(server, pack, part);
  }
  return figures;
}

async function measure(server, model, { texts, labels }) {
  const own = new Set(labels);
  let right = 0;
  let rightAmongOwn = 0;
  for (let start = 0; start < texts.length; start += BATCH) {
    const results = await ask(server, model, texts.slice(start, start + BATCH));
    results.forEach((result, i) => {
      const truth = labels[start + i];
      if (result.labels[0].label === truth) right++;
      if (result.labels.find(({ label }) => own.has(label)).label === truth) rightAmongOwn++;
    });
  }
  const round = (value) => Number((value / texts.length).toFixed(4));
  return { rows: texts.length, accuracy: round(right), accuracyOwnLabels: round(rightAmongOwn) };
}

async function ask(server, model, texts) {
  const inputs = texts.map((text) => text.slice(0, MAX_CHARACTERS));
  const response = await fetch(`http://127.0.0.1:${server.port}${server.path}`, {
    method: 'POST',
    headers: { authorization: server.authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs, model, topK: 1000 }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${model} answered ${response.status}: ${answer.detail}`);
  return answer.results;
}

/** The trained peers' figures by test set: `{[peer]: {[test]: {...}}}`. */
export function readPeerAccuracy(peers) {
  return Object.fromEntries(
    peers.map((peer) => {
      const files = Object.keys(TASKS)
        .map((task) => join(CACHE, 'peers', peer, task, 'accuracy.json'))
        .filter((path) => existsSync(path));
      return [peer, Object.assign({}, ...files.map((path) => JSON.parse(readFileSync(path, 'utf8')).tests))];
    }),
  );
}
