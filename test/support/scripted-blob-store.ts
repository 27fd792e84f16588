import { type BlobFound, type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';

/**
 * What happens to one call: it goes through, it fails before or after its effect (an answer lost on the way back), it never
 * answers, it hits a bug, or (`get`) it answers but its content fails or stalls.
 */
export type Event = 'pass' | 'fail' | 'fail-after' | 'hang' | 'bug' | 'body-fail' | 'body-hang';

export interface ScriptedBlobStore extends BlobStore {
  /** Operations called, in order. */
  readonly calls: readonly string[];
}

/** A store whose calls go as the script says, one event a call; after its end all pass. */
export function createScriptedBlobStore(store: BlobStore, script: readonly Event[]): ScriptedBlobStore {
  const calls: string[] = [];
  const play = async <T>(operation: string, call: () => Promise<T>): Promise<{ event: Event; answer: T }> => {
    const event = script[calls.length] ?? 'pass';
    calls.push(operation);
    if (event === 'hang') await never();
    if (event === 'bug') throw new TypeError('a bug');
    if (event === 'fail') throw new StorageError(operation, 'scripted');
    const answer = await call();
    if (event === 'fail-after') throw new StorageError(operation, 'scripted');
    return { event, answer };
  };
  const answerOf = async <T>(operation: string, call: () => Promise<T>): Promise<T> =>
    (await play(operation, call)).answer;
  return {
    calls,
    async get(key, range) {
      const { event, answer } = await play('get', () => store.get(key, range));
      return answer.kind === 'found' ? withBrokenContent(answer, event) : answer;
    },
    head: (key) => answerOf('head', () => store.head(key)),
    put: (key, body, condition) => answerOf('put', () => store.put(key, body, condition)),
    list: (query) => answerOf('list', () => store.list(query)),
    delete: (key) => answerOf('delete', () => store.delete(key)),
  };
}

function withBrokenContent(found: BlobFound, event: Event): BlobFound {
  if (event === 'body-hang') return { ...found, bytes: never };
  if (event === 'body-fail') return { ...found, bytes: () => Promise.reject(new StorageError('read', found.key)) };
  return found;
}

function never(): Promise<never> {
  return new Promise(() => {});
}
