/** `npm run bench:recommend`: the built Worker that recommends, in a bare workerd, beside peers on the same split of MovieLens 100K. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureHistories, writeHistories } from './measure/histories.mjs';
import { measureListQuality } from './measure/list-quality.mjs';
import { renderRecommendReport } from './report/recommend.mjs';
import { install } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { BENCH, CACHE, PYTHON, ROOT, WORK } from './support/paths.mjs';
import { runCommand } from './support/processes.mjs';
import { commandLine, runBench, say } from './support/run-bench.mjs';
import { ONE_THREAD } from './targets/peers.mjs';
import { ECHO, recommendServers, USER } from './targets/recommend-servers.mjs';
import { stageStorage } from './targets/storage.mjs';
import { buildWorker } from './targets/worker-build.mjs';

/** Made once by `peers/recommenders.py`. */
const MADE = join(CACHE, 'recommenders');
/** One answers for a single user, the other nothing of meaning. */
const NO_LISTS = new Set([USER, ECHO]);
const CALLS = { pack: 4_000, large: 300 };

await runBench({ name: 'recommend', bench, render: renderRecommendReport });

async function bench(options) {
  const nodePath = await install(say);
  say('training EASE, ALS and LightFM, exporting the pack (once)');
  const env = { ...ONE_THREAD, PYTHONPATH: join(ROOT, 'infra', 'trainer') };
  const making = ['-m', 'peers.recommenders', '--data', options.data, '--out', MADE];
  await runCommand('nice', ['-n', '10', PYTHON, ...making], { cwd: BENCH, env });
  const machine = await describeMachine(nodePath);
  const { users } = JSON.parse(readFileSync(join(MADE, 'histories.json'), 'utf8'));
  const worker = await buildWorker('recommend', nodePath);
  const storage = stageStorage(join(WORK, 'storage'));
  const histories = writeHistories(users);
  const targets = recommendServers({ worker, storage, made: MADE, nodePath, history: histories.first });
  const servers = {};
  for (const [name, start] of Object.entries(targets)) if (options.wantsPeer(name)) servers[name] = await start();
  say('quality of what is served');
  const quality = {};
  for (const [name, server] of Object.entries(servers)) {
    if (!NO_LISTS.has(name)) quality[name] = await measureListQuality(server, users);
  }
  const speed = await measureHistories(servers, histories, options, say);
  say('parts of a request, and a pack of 100,000 items');
  const parts = {};
  for (const [pack, calls] of Object.entries(CALLS)) parts[pack] = await measureParts(nodePath, pack, calls);
  const { rawBytes, gzipBytes } = worker;
  return {
    command: commandLine('bench:recommend', options.data),
    machine,
    quality,
    speed,
    parts,
    worker: { rawBytes, gzipBytes },
  };
}

async function measureParts(nodePath, pack, calls) {
  const script = join(BENCH, 'measure', 'recommend-parts.mjs');
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', script, join(MADE, pack), `${calls}`];
  return JSON.parse(await runCommand(nodePath, args, { cwd: ROOT }));
}
