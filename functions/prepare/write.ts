import { gunzip, gzip } from '../../shared/core/gzip.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { toUtf8 } from '../../shared/core/json-bytes.ts';
import { datasetPartPath, datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import type { PrepareDeps } from './deps.ts';
import { type BuildPlace, decisionsKey, stagedRowsKey } from './plan.ts';
import { readRange } from './read-range.ts';
import type { BuildState } from './state.ts';

/** Writes the rows of the chunk that is next as a part of each split that has some. Done twice it writes the same. */
export async function writeChunk({ store }: PrepareDeps, place: BuildPlace, state: BuildState): Promise<BuildState> {
  const { nextChunk, chunks, version } = state;
  const chunk = chunks[nextChunk];
  if (chunk === undefined || version === undefined) return { ...state, step: 'finish' };
  const begin = chunks.slice(0, nextChunk).reduce((sum, { rows }) => sum + rows, 0);
  const decisions = await readRange(store, decisionsKey(place), { offset: begin, length: chunk.rows });
  const staged = await readRange(store, stagedRowsKey(place, nextChunk));
  const lines = new TextDecoder().decode(await gunzip(staged)).split('\n');
  const parts = { ...state.parts };
  for (const [split, name] of SPLIT_NAMES.entries()) {
    const chosen = lines.filter((_, row) => decisions[row] === split);
    if (chosen.length === 0) continue;
    const path = datasetPartPath(name, parts[name].length);
    const body = await gzip(toUtf8(`${chosen.join('\n')}\n`));
    await store.put(`${datasetVersionPrefix(place.tenant, place.name, version)}${path}`, body);
    const part = { path, rows: chosen.length, sizeBytes: body.length, sha256: await sha256Hex(body) };
    parts[name] = [...parts[name], part];
  }
  return { ...state, parts, nextChunk: nextChunk + 1, step: nextChunk + 1 < chunks.length ? 'write' : 'finish' };
}
