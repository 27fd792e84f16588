import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { AliasDocumentSchema } from '../../shared/model/alias.ts';
import { type AliasMoveRequest, listMoves, moveAlias, repairAlias } from '../../shared/model/move-alias.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { createScriptedBlobStore } from '../support/scripted-blob-store.ts';

/** Waits take no time, and are counted. */
const waits: number[] = [];
const clock = { now: () => 0, sleep: async (milliseconds: number) => void waits.push(milliseconds) };

const WHERE = { root: 'models', name: 'sentiment', alias: 'production' } as const;

function request(to: string, changes: Partial<AliasMoveRequest> = {}): AliasMoveRequest {
  const who = { by: 'test', reason: 'because', at: '2026-01-01T00:00:00Z', revision: `r-${to}` };
  return { ...WHERE, ...who, to, ...changes };
}

async function servedVersion(store: BlobStore, alias = 'production'): Promise<string | undefined> {
  const found = await store.get(`models/sentiment/aliases/${alias}.json`);
  if (found.kind === 'missing') return undefined;
  return AliasDocumentSchema.parse(JSON.parse(new TextDecoder().decode(await found.bytes()))).version;
}

async function targets(store: BlobStore): Promise<string[]> {
  return (await listMoves(store, WHERE.root, WHERE.name)).map((move) => move.to);
}

describe('moving an alias', () => {
  test('records who moved it from where to where, and serves the new version', async () => {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    const moved = await moveAlias(store, clock, request('1.1.0', { by: 'ada', reason: 'better' }));
    expect(moved).toMatchObject({ ok: true, value: { from: '1.0.0', to: '1.1.0', by: 'ada', reason: 'better' } });
    expect(await servedVersion(store)).toBe('1.1.0');
    expect(await targets(store)).toEqual(['1.0.0', '1.1.0']);
  });

  test('leaves other aliases where they are', async () => {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    const moved = await moveAlias(store, clock, request('2.0.0', { alias: 'candidate' }));
    expect(moved).toMatchObject({ ok: true, value: { from: null, to: '2.0.0' } });
    expect(await servedVersion(store)).toBe('1.0.0');
    expect(await servedVersion(store, 'candidate')).toBe('2.0.0');
  });

  test('of two at the same moment one wins, and the other is told and leaves no trace', async () => {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    const outcomes = await Promise.all([
      moveAlias(store, clock, request('2.0.0')),
      moveAlias(store, clock, request('3.0.0')),
    ]);
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({ failure: { kind: 'conflict' } });
    const winner = outcomes[0].ok ? '2.0.0' : '3.0.0';
    expect(await servedVersion(store)).toBe(winner);
    expect(await targets(store)).toEqual(['1.0.0', winner]);
  });
});

describe('a crash between the two writes of a move', () => {
  /** Committed to the history, with the alias still at the version before. */
  async function crashed(): Promise<BlobStore> {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    const crashing = createScriptedBlobStore(store, [...Array<'pass'>(7).fill('pass'), 'fail']);
    await expect(moveAlias(crashing, clock, request('2.0.0'))).rejects.toBeInstanceOf(StorageError);
    expect(crashing.calls).toEqual(['get', 'get', 'put', 'get', 'get', 'get', 'get', 'put']);
    expect(await servedVersion(store)).toBe('1.0.0');
    return store;
  }

  test('is repaired from the history', async () => {
    const store = await crashed();
    const where = { ...WHERE, at: '2026-01-02T00:00:00Z', revision: 'repair' };
    expect(await repairAlias(store, clock, where)).toEqual({ ok: true, value: '2.0.0' });
    expect(await servedVersion(store)).toBe('2.0.0');
    expect(await targets(store)).toEqual(['1.0.0', '2.0.0']);
  });

  test('is overtaken by the next move, which knows what was committed', async () => {
    const store = await crashed();
    expect(await moveAlias(store, clock, request('3.0.0'))).toMatchObject({ ok: true, value: { from: '2.0.0' } });
    expect(await servedVersion(store)).toBe('3.0.0');
  });
});

describe('repairing an alias', () => {
  const where = { ...WHERE, at: '2026-01-02T00:00:00Z', revision: 'repair' };

  test('that is right writes nothing', async () => {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    const watched = createScriptedBlobStore(store, []);
    expect(await repairAlias(watched, clock, where)).toEqual({ ok: true, value: '1.0.0' });
    expect(watched.calls).not.toContain('put');
  });

  test('that was never moved finds nothing', async () => {
    expect(await repairAlias(createMemoryBlobStore(), clock, where)).toEqual({ ok: true, value: null });
  });

  test('whose document is lost writes it anew', async () => {
    const store = createMemoryBlobStore();
    await moveAlias(store, clock, request('1.0.0'));
    await store.delete('models/sentiment/aliases/production.json');
    expect(await repairAlias(store, clock, where)).toEqual({ ok: true, value: '1.0.0' });
    expect(await servedVersion(store)).toBe('1.0.0');
  });
});

describe('a throttled store', () => {
  /** Answers `throttled` to the first `times` writes of alias documents. */
  function throttling(store: BlobStore, times: number): BlobStore {
    let left = times;
    return {
      ...store,
      put: (key, body, condition) =>
        key.includes('/aliases/') && left-- > 0
          ? Promise.resolve({ kind: 'throttled', retryAfterSeconds: 1 })
          : store.put(key, body, condition),
    };
  }

  test('is waited for, so that the committed move is served', async () => {
    const store = createMemoryBlobStore();
    waits.length = 0;
    expect(await moveAlias(throttling(store, 2), clock, request('1.0.0'))).toMatchObject({ ok: true });
    expect(await servedVersion(store)).toBe('1.0.0');
    expect(waits).toEqual([1000, 1000]);
  });

  test('that stays so is told, and the move is repaired later', async () => {
    const store = createMemoryBlobStore();
    const outcome = await moveAlias(throttling(store, 100), clock, request('1.0.0'));
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unavailable', retryAfterSeconds: 1 } });
    expect(await repairAlias(store, clock, request('1.0.0'))).toEqual({ ok: true, value: '1.0.0' });
  });
});

test('a slow writer does not put back what a later move has changed', async () => {
  const store = createMemoryBlobStore();
  let overtaken = false;
  const slow: BlobStore = {
    ...store,
    async put(key, body, condition) {
      if (key.includes('/aliases/') && !overtaken) {
        overtaken = true;
        await moveAlias(store, clock, request('2.0.0'));
      }
      return store.put(key, body, condition);
    },
  };
  await moveAlias(slow, clock, request('1.0.0'));
  expect(await servedVersion(store)).toBe('2.0.0');
});
