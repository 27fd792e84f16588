/** `npm run bench:collect`: the built Worker that collects events, in a bare workerd with storage and queue, beside SQLite in FastAPI. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTelling, measureEvents } from './measure/events.mjs';
import { soakEvents } from './measure/events-soak.mjs';
import { findStored } from './measure/stored-events.mjs';
import { renderCollectReport } from './report/collect.mjs';
import { install } from './support/install.mjs';
import { describeMachine } from './support/machine.mjs';
import { commandLine, runBench, say } from './support/run-bench.mjs';
import { collectServers, ECHO } from './targets/collect-servers.mjs';
import { buildWorker } from './targets/worker-build.mjs';

await runBench({ name: 'collect', bench, render: renderCollectReport, needsData: false });

async function bench(options) {
  const nodePath = await install(say);
  const machine = await describeMachine(nodePath);
  const worker = await buildWorker('collect', nodePath);
  const disk = mkdtempSync(join(options.disk, 'bench-collect-'));
  const servers = Object.entries(collectServers({ worker, nodePath, disk }));
  const targets = servers.filter(([name]) => options.wantsPeer(name));
  const { speed, stored } = await measureRates(targets, options);
  const soak = {};
  for (const [name, start] of targets) {
    if (name === ECHO) continue;
    say(`${options.soakSeconds} s of load, and what is kept of it: ${name}`);
    soak[name] = await soakEvents(start, options.soakSeconds);
  }
  rmSync(disk, { recursive: true });
  const { rawBytes, gzipBytes } = worker;
  return {
    command: commandLine('bench:collect', options.data),
    machine,
    speed,
    stored,
    soak,
    worker: { rawBytes, gzipBytes },
  };
}

/** All servers at once, idle but one; then they end, and what each accepted is looked for on the disk. */
async function measureRates(targets, options) {
  const servers = {};
  for (const [name, start] of targets) servers[name] = await start();
  const tellings = Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, createTelling(server)]));
  const speed = await measureEvents(servers, tellings, options, say);
  const stored = {};
  for (const [name, server] of Object.entries(servers)) {
    await server.stop();
    if (server.kept) stored[name] = (await findStored(server.kept, tellings[name])).counts;
  }
  return { speed, stored };
}
