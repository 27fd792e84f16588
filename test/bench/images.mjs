/** `npm run bench:images`: the built Worker that tags pictures, in a bare workerd, beside peers that serve the same pack. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { measurePictures, readPictures } from './measure/pictures.mjs';
import { measureTagAccuracy } from './measure/tag-accuracy.mjs';
import { renderImageReport } from './report/images.mjs';
import { install } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { readOptions } from './support/options.mjs';
import { BENCH, CACHE, PYTHON, RESULTS, WORK } from './support/paths.mjs';
import { runCommand, stopAll } from './support/processes.mjs';
import { imageServers } from './targets/image-servers.mjs';
import { stageStorage } from './targets/storage.mjs';
import { buildWorker } from './targets/worker-build.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stopAll();
    process.exit(130);
  });
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.pack === undefined) throw new Error('--pack names no folder of an image pack; infra/trainer makes one.');
  const result = await bench(options);
  const report = renderImageReport(result);
  console.log(report);
  if (options.save) {
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(join(RESULTS, 'images.json'), `${JSON.stringify(result, null, 2)}\n`);
    writeFileSync(join(RESULTS, 'images.md'), report);
  }
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopAll();
  if (process.exitCode !== 1) rmSync(WORK, { recursive: true, force: true });
}

async function bench(options) {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
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

/** Progress goes to stderr: the report stays alone on stdout. */
function say(line) {
  console.error(`bench: ${line}`);
}
