/** Starts all Workers, fills the local bucket, waits until they are ready, and stays until a signal. Leaves no process behind. */
import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import { DevError } from '../bootstrap/dev-error.mjs';
import { readInstance, removeInstance, writeInstance } from '../workspace/instance.ts';
import { localKey } from '../workspace/local-key.ts';
import { localSecrets } from '../workspace/local-secrets.ts';
import { localStore } from '../workspace/local-store.ts';
import { findLocalBucket, findWorkers } from '../workspace/workers.ts';
import { findFreePort, requireFreePort } from './port.ts';
import { waitForOk } from './readiness.ts';
import { seedLocalKey, seedStarterPacks } from './seed.ts';
import { readSettings, type StartSettings } from './settings.ts';
import { tickEachMinute } from './ticker.ts';
import {
  findTrainer,
  STAGING_WORKER,
  startTrainer,
  type TrainerOptions,
  type TrainerProcess,
  trainingSecret,
} from './trainer-process.ts';
import { welcomeText } from './welcome.ts';
import { HOST, startWrangler, type WranglerProcess } from './wrangler-process.ts';

const START_SECONDS = 120;
const LOG_TAIL_LINES = 25;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// The bootstrap that started us is gone, perhaps killed: nobody would end us any more.
process.on('disconnect', () => stopping.abort());

try {
  await start(readSettings(process.env, process.argv.slice(2)));
  process.exit(0);
} catch (error) {
  if (error instanceof DevError) console.error(`\nedgemark: ${error.message}\n  ${error.remedy}`);
  else console.error(error);
  process.exit(1);
}

async function start(settings: StartSettings): Promise<void> {
  await requireFreePort(settings.port, HOST);
  claimState(settings.stateFolder);
  const trainerOptions = settings.withTrainer ? await planTrainer(settings) : null;
  const workers = [...findWorkers(), ...(trainerOptions ? [STAGING_WORKER] : [])];
  say(`starting ${workers.map((worker) => worker.name).join(', ')}${trainerOptions ? ', trainer' : ''}`);
  const { port, stateFolder } = settings;
  const training = trainerOptions ? trainingSecret(trainerOptions, findLocalBucket(workers)) : 'none';
  const wrangler = startWrangler({ workers, port, stateFolder, secrets: localSecrets(stateFolder, training) });
  const trainer = trainerOptions ? startTrainer(trainerOptions) : null;
  try {
    // Preparation that a signal overtakes is left behind: the process ends before anybody could miss its outcome.
    await Promise.race([
      untilStopped(),
      untilCrashed(wrangler),
      ...(trainer ? [untilTrainerEnded(trainer)] : []),
      prepare(settings, wrangler).then(keepTicking),
    ]);
    if (stopping.signal.aborted) say('stopping');
  } finally {
    await trainer?.stop();
    await wrangler.stop();
    removeInstance(settings.stateFolder);
  }
}

/** Returns the address when everything answers. */
async function prepare(settings: StartSettings, wrangler: WranglerProcess): Promise<string> {
  const began = performance.now();
  const url = `http://${HOST}:${settings.port}`;
  const key = settings.devKey ?? localKey(settings.stateFolder);
  await requireOk(`${url}/health/live`, wrangler);
  const store = localStore(url);
  await seedLocalKey(store, key);
  await seedStarterPacks(store, say);
  await requireOk(`${url}/health/ready`, wrangler);
  writeInstance(settings.stateFolder, { pid: process.pid, url, key });
  console.log(welcomeText(url, key, relative(process.cwd(), wrangler.logPath), performance.now() - began));
  return url;
}

/** Until a signal ends it. */
function keepTicking(url: string): Promise<void> {
  return tickEachMinute(url, stopping.signal);
}

async function requireOk(url: string, wrangler: WranglerProcess): Promise<void> {
  const lastAnswer = await waitForOk(url, START_SECONDS, stopping.signal);
  if (lastAnswer === undefined || stopping.signal.aborted) return;
  throw new DevError(
    `${url} did not answer 200 within ${START_SECONDS} s; the last answer was: ${lastAnswer}`,
    `The end of ${wrangler.logPath}:\n${indent(wrangler.logTail(LOG_TAIL_LINES))}`,
  );
}

/** Two writers on one local bucket would corrupt it, so a folder has one instance. */
function claimState(folder: string): void {
  const other = readInstance(folder);
  if (other) {
    throw new DevError(
      `${folder} is in use by the instance at ${other.url} (process ${other.pid}).`,
      'Stop that one, or choose another folder of state: EDGEMARK_STATE=.edgemark/second npm start',
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DevError(
      `the folder of state can't be made: ${reason}`,
      'Choose another one: EDGEMARK_STATE=FOLDER npm start',
    );
  }
}

function untilStopped(): Promise<void> {
  if (stopping.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function untilCrashed(wrangler: WranglerProcess): Promise<void> {
  await wrangler.ended;
  if (stopping.signal.aborted) return;
  throw new DevError(
    'wrangler dev ended by itself.',
    `The end of ${wrangler.logPath} says why:\n${indent(wrangler.logTail(LOG_TAIL_LINES))}`,
  );
}

async function planTrainer({ port, stateFolder }: StartSettings): Promise<TrainerOptions> {
  return {
    python: findTrainer(process.env),
    port: await findFreePort(HOST),
    s3Endpoint: `http://${HOST}:${port}/cdn-cgi/local/r2/s3`,
    staging: findLocalBucket([STAGING_WORKER]),
    stateFolder,
  };
}

async function untilTrainerEnded(trainer: TrainerProcess): Promise<void> {
  await trainer.ended;
  if (stopping.signal.aborted) return;
  throw new DevError('the trainer ended by itself.', `${trainer.logPath} says why.`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

function say(line: string): void {
  console.error(`edgemark: ${line}`);
}
