/** `npm run bench:images`: the built Worker that tags pictures, in a bare workerd, beside peers that serve the same pack. */
import { basename, join, resolve } from 'node:path';
import { measurePictures, readPictures } from './measure/pictures.mjs';
import { measureTagAccuracy } from './measure/tag-accuracy.mjs';
import { renderImageReport } from './report/images.mjs';
import { install } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { BENCH, CACHE, PYTHON, WORK } from './support/paths.mjs';
import { runCommand } from './support/processes.mjs';
import { runBench, say } from './support/run-bench.mjs';
import { imageServers } from './targets/image-servers.mjs';
import { stageStorage } from './targets/storage.mjs';
import { buildWorker } from './targets/worker-build.mjs';

await runBench({ name: 'images', bench, render: renderImageReport });

async function bench(options) {
  if (options.pack === undefined) throw new Error('--pack names no folder of an image pack; infra/trainer makes one.');
  const nodePath = await install(say);
  say('making the pictures (once)');
  const making = ['-m', 'peers.pictures', '--data', options.data, '--out', join(CACHE, 'pictures')];
  await runCommand(PYTHON, making, { cwd: BENCH });
  const machine = await describeMachine(nodePath);
  const tag = await buildWorker('tag', nodePath);
  const storage = stageStorage(join(WORK, 'storage'), [options.pack]);
  const picture = readPictures('web').bodies[0];
  const targets = imageServers({ tag, storage, pack: options.pack, nodePath, picture });
  const servers = {};
  for (const [name, start] of Object.entries(targets)) if (options.wantsPeer(name)) servers[name] = await start();
  say('accuracy of what is served');
  const accuracy = {};
  for (const [name, server] of Object.entries(servers)) {
    accuracy[name] = await measureTagAccuracy(server, join(options.data, 'image', 'clothing-small-128px', 'test'));
  }
  const speed = await measurePictures(servers, options, say);
  const folders = [options.data, options.pack];
  const args = process.argv.slice(2).map((arg) => (folders.includes(resolve(arg)) ? 'FOLDER' : arg));
  const command = ['npm run bench:images --', ...args];
  return { command: command.join(' '), machine, pack: basename(options.pack), accuracy, speed, worker: sizes(tag) };
}

function sizes({ rawBytes, gzipBytes }) {
  return { rawBytes, gzipBytes };
}
