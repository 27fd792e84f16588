import { describe, expect, test } from 'vitest';
import { type Consumer, MAX_MESSAGE_BYTES, type Queue, QueueError, type Verdict } from '../../shared/ports/queue.ts';

/** Messages of the contract's tests: each test has its own `test`. */
export interface ContractMessage {
  readonly test: string;
  readonly n: number;
  readonly text?: string;
}

/** A queue under test, and what makes it deliver. */
export interface QueueUnderTest {
  readonly queue: Queue<ContractMessage>;
  /** Gives what the queue holds to `consumer`, again and again, until `isOver`. */
  readonly deliver: (consumer: Consumer<ContractMessage>, isOver: () => boolean) => Promise<void>;
}

const DONE: Verdict = { kind: 'done' };
const AGAIN: Verdict = { kind: 'retry', afterSeconds: 0 };

let tests = 0;

/** What every queue must do. */
export function describeQueue(platform: string, make: () => QueueUnderTest): void {
  describe(`${platform} as a queue`, () => {
    test('delivers every message at least once, as it was sent', async () => {
      const { queue, deliver, name } = fresh(make);
      const sent = [0, 1, 2].map((n) => ({ test: name, n, text: 'ä 中 🙂 "quoted"\n' }));
      await queue.send(sent);
      const seen = new Map<number, ContractMessage>();
      await deliver(take(name, seen), () => seen.size === 3);
      expect([...seen.values()].sort((a, b) => a.n - b.n)).toEqual(sent);
    });

    test('takes more messages than one batch of the platform holds', async () => {
      const { queue, deliver, name } = fresh(make);
      await queue.send(Array.from({ length: 230 }, (_, n) => ({ test: name, n })));
      const seen = new Map<number, ContractMessage>();
      await deliver(take(name, seen), () => seen.size === 230);
      expect(seen.size).toBe(230);
    });

    test('takes messages that together are larger than one batch of the platform', async () => {
      const { queue, deliver, name } = fresh(make);
      const text = 'x'.repeat(100_000);
      await queue.send(Array.from({ length: 6 }, (_, n) => ({ test: name, n, text })));
      const seen = new Map<number, ContractMessage>();
      await deliver(take(name, seen), () => seen.size === 6);
      expect([...seen.values()].every((message) => message.text === text)).toBe(true);
    });

    test('a message to retry comes back, and the others of its batch do not', async () => {
      const { queue, deliver, name } = fresh(make);
      await queue.send([0, 1, 2].map((n) => ({ test: name, n })));
      const times = new Map<number, number>();
      const consumer: Consumer<ContractMessage> = async (messages) =>
        messages.map((message) => {
          if (message.test !== name) return DONE;
          const time = (times.get(message.n) ?? 0) + 1;
          times.set(message.n, time);
          return message.n === 1 && time < 3 ? AGAIN : DONE;
        });
      await deliver(consumer, () => times.get(1) === 3 && times.size === 3);
      expect(Object.fromEntries(times)).toEqual({ 0: 1, 1: 3, 2: 1 });
    });

    test('nothing to send is fine', async () => {
      await make().queue.send([]);
    });

    test('a message over the limit is refused, and none of its companions is sent', async () => {
      const { queue, deliver, name } = fresh(make);
      const tooLarge = { test: name, n: 1, text: 'x'.repeat(MAX_MESSAGE_BYTES) };
      await expect(queue.send([{ test: name, n: 0 }, tooLarge])).rejects.toBeInstanceOf(QueueError);
      await queue.send([{ test: name, n: 2 }]);
      const seen = new Map<number, ContractMessage>();
      await deliver(take(name, seen), () => seen.has(2));
      expect([...seen.keys()]).toEqual([2]);
    });
  });
}

function fresh(make: () => QueueUnderTest): QueueUnderTest & { readonly name: string } {
  return { ...make(), name: `test-${tests++}` };
}

function take(name: string, seen: Map<number, ContractMessage>): Consumer<ContractMessage> {
  return async (messages) =>
    messages.map((message) => {
      if (message.test === name) seen.set(message.n, message);
      return DONE;
    });
}
