import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { EvaluationSchema } from '../../functions/evaluate/contract.ts';
import { HistorySchema } from '../../functions/models/contract-aliases.ts';
import { BuildSchema, UploadSchema } from '../../functions/prepare/contract.ts';
import { type JobAnswer, JobSchema } from '../../functions/train/contract.ts';
import { isOver } from '../../functions/train/job.ts';
import { findTrainer } from '../../infra/dev/start/trainer-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Client, createClient } from './support/client.ts';
import {
  everydayMessages,
  feedbackOf,
  type Message,
  paraphrasedMessages,
  serviceMessages,
  toCsv,
} from './support/help-desk.ts';
import { freePort, type NpmStart, npmStart, READY } from './support/npm-start.ts';

const KEY = 'em_training-loop-tests';
const MODEL = 'help-desk';
/** Two jobs of training, each looked after once a minute. */
const LOOP_MINUTES = 20;
/** An alias that moves is followed everywhere after so long, and a little for a busy machine. */
const FOLLOWED_SECONDS = 60;

const missing = whyNotTrained();
let instance: NpmStart;
let stateFolder: string;
let client: Client;

beforeAll(async () => {
  if (missing !== null) return;
  stateFolder = await mkdtemp(join(tmpdir(), 'edgemark-training-'));
  const port = await freePort();
  const environment = { PORT: String(port), EDGEMARK_STATE: stateFolder, EDGEMARK_DEV_KEY: KEY };
  instance = npmStart(environment, ['--with-trainer']);
  await instance.waitFor(READY);
  client = createClient(`http://127.0.0.1:${port}`, KEY);
}, 300_000);

afterAll(async () => {
  if (missing !== null) return;
  await instance.stop();
  await rm(stateFolder, { recursive: true, force: true });
}, 60_000);

test(
  'corrections become a better model that serves, and a rollback undoes it',
  async (context) => {
    skipWithoutTrainer(context);
    const first = await trainFirst();
    const [sentences, paraphrases, unrelated] = [
      serviceMessages(200, 21),
      paraphrasedMessages(96, 31),
      everydayMessages(400, 11),
    ];
    const before = await answers(sentences, paraphrases, unrelated);
    const mistakes = sentences.filter(({ label }, i) => label !== before.sentences[i]);
    expect(mistakes.length, 'sentences that the first version gets wrong').toBeGreaterThan(100);
    expect(shareRight(paraphrases, before.paraphrases)).toBeLessThan(0.5);

    const told = Date.now();
    const confirmed = everydayMessages(200, 2);
    await tell([...sentences, ...confirmed]);
    expect(textsOf(paraphrases).filter((text) => textsOf([...sentences, ...confirmed]).includes(text))).toEqual([]);
    const job = await train(await makeDataset({ feedback: { model: MODEL } }), { policy: 'gates' });
    expect(job.promotion, JSON.stringify(job)).toMatchObject({ outcome: 'promoted', against: `${MODEL}@${first}` });

    const after = await served(job.pack.version, sentences, paraphrases, unrelated);
    context.annotate(`From feedback to new answers: ${Math.round((Date.now() - told) / 1000)} s.`);
    expect(shareRight(mistakes, await client.classify(MODEL, textsOf(mistakes)))).toBeGreaterThanOrEqual(0.95);
    expect(shareRight(paraphrases, after.paraphrases)).toBeGreaterThanOrEqual(0.9);
    const fall = shareRight(unrelated, before.unrelated) - shareRight(unrelated, after.unrelated);
    expect(fall, 'messages of the kinds that the first version knew').toBeLessThanOrEqual(0.005);

    const { comparison, models } = await evaluationOf(job);
    expect(models?.map(({ version }) => version)).toEqual([job.pack.version, first]);
    const gain = comparison?.metrics['accuracyDifference'];
    expect(gain?.value).toBeGreaterThan(0.1);
    expect(gain?.interval?.[0], 'the lower end of the gain').toBeGreaterThan(0);

    await client.ask('POST', `/v1/models/${MODEL}/rollback`, { reason: 'to see it undone', approvedBy: 'Ada Byron' });
    expect(await served(first, sentences, paraphrases, unrelated)).toEqual(before);
    await expectHistory(first, job);
  },
  LOOP_MINUTES * 60_000,
);

/** The model as it is before any feedback, which serves by a rule of its own as there is nothing to compare it with. */
async function trainFirst(): Promise<string> {
  const { uploadId } = UploadSchema.parse(await client.ask('POST', '/v1/uploads', { fileName: 'messages.csv' }));
  await client.ask('PUT', `/v1/uploads/${uploadId}/parts/1`, toCsv(everydayMessages(240, 1)));
  await client.ask('POST', `/v1/uploads/${uploadId}/finish`, {});
  const dataset = await makeDataset({ upload: uploadId });
  const job = await train(dataset, { policy: 'gates', rules: [{ metric: 'accuracy', min: 0.8 }] });
  expect(job.promotion, JSON.stringify(job)).toMatchObject({ outcome: 'promoted', against: null });
  await served(job.pack.version, [], [], []);
  return job.pack.version;
}

async function makeDataset(source: object): Promise<string> {
  const begun = BuildSchema.parse(await client.ask('POST', '/v1/datasets', { name: MODEL, source }));
  const path = `/v1/datasets/${MODEL}/builds/${begun.build}`;
  const built = await eventually(
    async () => {
      const build = BuildSchema.parse(await client.ask('GET', path));
      expect(build.status, JSON.stringify(build)).not.toBe('running');
      return build;
    },
    120,
    500,
  );
  if (!built.version) throw new Error(`there is no dataset: ${built.reason}`);
  return built.version;
}

async function train(version: string, promote: object): Promise<JobAnswer> {
  const request = {
    task: 'text-classification',
    dataset: { name: MODEL, version },
    model: MODEL,
    hyperparameters: { epochs: 5 },
    limits: { minutes: 10 },
    promote,
  };
  const { id } = JobSchema.parse(await client.ask('POST', '/v1/train', request));
  return eventually(
    async () => {
      const job = JobSchema.parse(await client.ask('GET', `/v1/train/${id}`));
      expect(isOver(job), `state ${job.state}`).toBe(true);
      return job;
    },
    (LOOP_MINUTES / 2) * 60,
    1_000,
  );
}

/** What a shop's people do: they say which desk each message belonged to. */
async function tell(messages: readonly Message[]): Promise<void> {
  const predicted = await client.classify(MODEL, textsOf(messages));
  const feedback = feedbackOf(MODEL, messages).map((row, i) => ({ ...row, predicted: predicted[i] }));
  expect(await client.ask('POST', '/v1/feedback', { feedback })).toMatchObject({ accepted: 400, rejected: [] });
}

interface Answers {
  readonly sentences: readonly string[];
  readonly paraphrases: readonly string[];
  readonly unrelated: readonly string[];
}

async function answers(
  sentences: readonly Message[],
  paraphrases: readonly Message[],
  unrelated: readonly Message[],
): Promise<Answers> {
  return {
    sentences: await client.classify(MODEL, textsOf(sentences)),
    paraphrases: await client.classify(MODEL, textsOf(paraphrases)),
    unrelated: await client.classify(MODEL, textsOf(unrelated)),
  };
}

/** The answers once the bare name is answered by this version. */
async function served(version: string, ...messages: Parameters<typeof answers>): Promise<Answers> {
  await eventually(
    async () =>
      expect(await client.ask('POST', '/v1/classify', { model: MODEL, inputs: ['hello'] })).toMatchObject({
        model: { version },
      }),
    FOLLOWED_SECONDS,
    500,
  );
  return answers(...messages);
}

async function evaluationOf({ promotion }: JobAnswer) {
  return EvaluationSchema.parse(await client.ask('GET', `/v1/evaluate/${promotion?.evaluation}`));
}

/** Three moves, the newest first: who, from where, to where, on what evidence. */
async function expectHistory(first: string, { id, pack, promotion }: JobAnswer): Promise<void> {
  const { moves, aliases } = HistorySchema.parse(await client.ask('GET', `/v1/models/${MODEL}/history`));
  expect(aliases).toEqual({ production: first });
  expect(moves).toMatchObject([
    { from: pack.version, to: first, reason: 'to see it undone', approvedBy: 'Ada Byron' },
    {
      ...{ from: first, to: pack.version, by: 'train', reason: expect.stringContaining(id) },
      evidence: { evaluation: promotion?.evaluation, gates: { passed: true } },
    },
    { from: null, to: first, by: 'train', evidence: { gates: { passed: true } } },
  ]);
  expect(moves[1]?.evidence?.summary[0]).toContain('The candidate is better');
}

function textsOf(messages: readonly Message[]): string[] {
  return messages.map(({ text }) => text);
}

function shareRight(messages: readonly Message[], labels: readonly string[]): number {
  return messages.filter(({ label }, i) => label === labels[i]).length / messages.length;
}

function skipWithoutTrainer(context: TestContext): void {
  if (missing !== null) context.skip(missing);
}

/** Null where a model can be trained here. */
function whyNotTrained(): string | null {
  if (process.env['EDGEMARK_TRAINING_TESTS'] !== '1')
    return 'EDGEMARK_TRAINING_TESTS=1 asks for it: it takes five minutes';
  try {
    findTrainer(process.env);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
