/** `npm run bench:images`: the built Worker that tags pictures, in a bare workerd, beside peers that serve the same pack. */
import { basename, join } from 'node:path';
import { measurePictures, readPictures } from './measure/pictures.mjs';
import { measureTagAccuracy } from './measure/tag-accuracy.mjs';
import { renderImageReport } from './report/images.mjs';
import { install } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { BENCH, CACHE, PYTHON, ROOT, WORK } from './support/paths.mjs';
import { runCommand } from './support/processes.mjs';
import { commandLine, runBench, say } from './support/run-bench.mjs';
import { imageServers } from './targets/image-servers.mjs';
import { ONE_THREAD } from './targets/peers.mjs';
import { stageStorage } from './targets/storage.mjs';
import { buildWorker } from './targets/worker-build.mjs';

/** What all servers run, and the test part that it is measured on. */
const PACK = join(ROOT, 'infra', 'starter', 'clothing');
const TEST_PART = join('image', 'clothing-small-128px', 'test');

await runBench({ name: 'images', bench, render: renderImageReport });

async function bench(options) {
  const nodePath = await install(say);
  say('making the pictures (once)');
  const making = ['-m', 'peers.pictures', '--data', options.data, '--out', join(CACHE, 'pictures')];
  await runCommand(PYTHON, making, { cwd: BENCH });
  const machine = await describeMachine(nodePath);
  const tag = await buildWorker('tag', nodePath);
  const storage = stageStorage(join(WORK, 'storage'));
  const picture = readPictures('web').bodies[0];
  const targets = imageServers({ tag, storage, pack: PACK, nodePath, picture });
  const servers = {};
  for (const [name, start] of Object.entries(targets)) if (options.wantsPeer(name)) servers[name] = await start();
  say('accuracy of what is served');
  const accuracy = {};
  for (const [name, server] of Object.entries(servers)) {
    accuracy[name] = await measureTagAccuracy(server, join(options.data, TEST_PART));
  }
  const speed = await measurePictures(servers, options, say);
  say('parts of a picture');
  const parts = await measureParts(nodePath);
  return {
    command: commandLine('bench:images', options.data),
    machine,
    pack: basename(PACK),
    accuracy,
    speed,
    parts,
    worker: sizes(tag),
  };
}

/** Milliseconds by kind of picture and by way of reading it. */
async function measureParts(nodePath) {
  const parts = {};
  for (const [kind, calls] of Object.entries({ web: 200, phone: 30 })) {
    const args = [PACK, join(CACHE, 'pictures', kind), `${calls}`];
    const script = join(BENCH, 'measure', 'image-parts.mjs');
    const own = await runCommand(nodePath, ['--disable-warning=ExperimentalWarning', script, ...args], { cwd: ROOT });
    const peers = await runCommand(PYTHON, ['-m', 'peers.image_parts', ...args], { cwd: BENCH, env: ONE_THREAD });
    parts[kind] = { edgemark: JSON.parse(own), ...JSON.parse(peers) };
  }
  return parts;
}

function sizes({ rawBytes, gzipBytes }) {
  return { rawBytes, gzipBytes };
}
