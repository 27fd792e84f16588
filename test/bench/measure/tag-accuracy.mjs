import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Share of a folder's pictures (one folder a label) whose best tag is their label. `other` counts as wrong where a server
 * answers it.
 * @returns {Promise<{pictures: number, accuracy: number}>}
 */
export async function measureTagAccuracy(server, folder) {
  let right = 0;
  let pictures = 0;
  for (const label of readdirSync(folder)) {
    for (const name of readdirSync(join(folder, label))) {
      pictures++;
      if ((await bestTag(server, readFileSync(join(folder, label, name)))) === label) right++;
    }
  }
  return { pictures, accuracy: Number((right / pictures).toFixed(4)) };
}

async function bestTag({ port, path, authorization, contentType }, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': contentType },
    body,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`a picture was answered by ${response.status}: ${answer.detail}`);
  return answer.tags[0].label;
}
