import { expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { type InferenceSession, SessionReleasedError, type Tensor } from '../../shared/ports/inference-engine.ts';
import { tinyGraph } from '../support/tiny-onnx.ts';

/** Token t of model m weighs 10 m + t, so that a logit tells which model and which ids gave it. */
const MODELS = [1, 2, 3];

const engine = await createNodeOnnxEngine();

test('runs that begin at once, on one session or several, do not mix up their tensors', async () => {
  const sessions = await Promise.all(MODELS.map(load));
  const cases = Array.from({ length: 60 }, (_, i) => ({
    model: i % MODELS.length,
    token: 1 + (i % 5),
    rows: 1 + (i % 4),
  }));
  const answers = await Promise.all(
    cases.map(({ model, token, rows }) => (sessions[model] as InferenceSession).run(feeds(token, rows))),
  );
  for (const [index, { model, token, rows }] of cases.entries()) {
    const wanted = Array.from({ length: rows }, () => 10 * (MODELS[model] ?? 0) + token);
    expect([...(answers[index]?.['logits']?.data ?? [])]).toEqual(wanted);
  }
});

test('sessions that load and are released while others run harm none of them', async () => {
  const session = await load(1);
  const answers: Record<string, Tensor>[] = [];
  for (let round = 0; round < 15; round++) {
    const runs = Array.from({ length: 6 }, async (_, i) => {
      for (let turn = 0; turn < (round * i) % 17; turn++) await Promise.resolve();
      answers.push(await session.run(feeds(3, 2)));
    });
    const loads = Array.from({ length: 3 }, async () => {
      const other = await load(2);
      expect([...((await other.run(feeds(4, 1)))['logits']?.data ?? [])]).toEqual([24]);
      await other.release();
    });
    await Promise.all([...runs, ...loads]);
  }
  for (const answer of answers) expect([...(answer['logits']?.data ?? [])]).toEqual([13, 13]);
});

test('a session that is released ends the run it is in; runs that come later are told', async () => {
  const session = await load(1);
  const [running, waiting] = [session.run(feeds(2, 3)), session.run(feeds(2, 3))];
  const told = expect(waiting).rejects.toBeInstanceOf(SessionReleasedError);
  await session.release();
  expect([...((await running)['logits']?.data ?? [])]).toEqual([12, 12, 12]);
  await told;
  await expect(session.run(feeds(2, 1))).rejects.toBeInstanceOf(SessionReleasedError);
  await session.release();
});

async function load(model: number): Promise<InferenceSession> {
  const table = [[0], ...Array.from({ length: 5 }, (_, token) => [10 * model + token + 1])];
  const session = await engine.load(tinyGraph({ table }));
  if (!session.ok) throw new Error(session.failure.reason);
  return session.value;
}

function feeds(token: number, rows: number): Record<string, Tensor> {
  const shape = [rows, 1];
  const ids = new BigInt64Array(rows).fill(BigInt(token));
  const mask = new BigInt64Array(rows).fill(1n);
  return {
    input_ids: { type: 'int64', shape, data: ids },
    attention_mask: { type: 'int64', shape, data: mask },
  };
}
