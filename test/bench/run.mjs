/** `npm run bench`: the built Workers in a bare workerd beside peers, on this machine, in one run. See README.md. */
import { join } from 'node:path';
import { measureServedAccuracy, readPeerAccuracy } from './measure/accuracy.mjs';
import { measureColdStart } from './measure/cold-start.mjs';
import { measureGarbageCollection } from './measure/garbage-collection.mjs';
import { measureRounds } from './measure/rounds.mjs';
import { soak } from './measure/soak.mjs';
import { writeBodies } from './measure/texts.mjs';
import { renderReport } from './report/markdown.mjs';
import { install, trainPeers, writeRows } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { BENCH, CACHE, ROOT, WORK } from './support/paths.mjs';
import { runCommand } from './support/processes.mjs';
import { commandLine, runBench, say } from './support/run-bench.mjs';
import { peerTargets, trainedPeer } from './targets/peers.mjs';
import { stageStorage } from './targets/storage.mjs';
import { buildWorker } from './targets/worker-build.mjs';
import { workerdTargets } from './targets/workerd.mjs';

/** Slower by far than the others with 227 classes: it is compared by accuracy alone. */
const ACCURACY_ONLY = 'nltk';

await runBench({ name: 'speed', bench, render: renderReport });

async function bench(options) {
  const nodePath = await install(say);
  const peers = Object.fromEntries(Object.entries(peerTargets(nodePath)).filter(([name]) => options.wantsPeer(name)));
  const trained = Object.keys(peers)
    .map(trainedPeer)
    .filter((peer) => peer !== undefined);
  if (options.wantsPeer(ACCURACY_ONLY)) trained.push(ACCURACY_ONLY);
  await writeRows(options.data);
  await trainPeers(options.data, trained, say);
  const machine = await describeMachine(nodePath);
  const built = await build(nodePath);
  const workers = workerdTargets(built);
  const targets = { ...workers, ...peers };
  const bodies = writeBodies();

  say('cold starts');
  const coldStart = {};
  for (const name of Object.keys(targets)) coldStart[name] = await measureColdStart(targets[name]);
  say('parts of a request');
  const parts = await measureParts(nodePath);
  say('garbage collection');
  const traced = workerdTargets({ ...built, v8Flags: ['--trace-gc'] });
  const garbageCollection = {};
  for (const name of ['edgemark', 'workerd echo']) {
    garbageCollection[name] = await measureGarbageCollection(traced[name], bodies, options.seconds * 2);
  }
  const servers = {};
  for (const name of Object.keys(targets)) servers[name] = await targets[name]();
  const speed = await measureRounds(servers, bodies, options, say);
  say(`${options.soakSeconds} s of load`);
  const soaked = await soak(servers.edgemark, bodies, options.soakSeconds);
  say('accuracy of what is served');
  const accuracy = { edgemark: await measureServedAccuracy(servers.edgemark), ...readPeerAccuracy(trained) };
  const { rawBytes, gzipBytes } = built.classify;
  return {
    command: commandLine('bench', options.data),
    machine,
    settings: { seconds: options.seconds, rounds: options.rounds },
    speed,
    accuracy,
    parts,
    coldStart,
    worker: { rawBytes, gzipBytes },
    soak: soaked,
    garbageCollection,
  };
}

async function build(nodePath) {
  const classify = await buildWorker('classify', nodePath);
  const gateway = await buildWorker('gateway', nodePath);
  return { classify, gateway, storage: stageStorage(join(WORK, 'storage')) };
}

async function measureParts(nodePath) {
  const script = join(BENCH, 'measure', 'parts.mjs');
  const pack = join(ROOT, 'infra', 'starter', 'intent');
  const args = ['--disable-warning=ExperimentalWarning', script, pack, join(CACHE, 'rows', 'intent.json')];
  return JSON.parse(await runCommand(nodePath, args, { cwd: ROOT }));
}
