/**
 * A consumer of `evaluate`'s queue as a process of its own, over the folder that is its argument: works out the message that it is sent,
 * and answers when it is done. What it queues itself goes back to the parent.
 */
import { consume } from '../../../functions/evaluate/consume.ts';
import { createSystemClock } from '../../../shared/adapters/web/system-clock.ts';
import { createFolderBlobStore } from './folder-blob-store.mjs';

const [, , folder = ''] = process.argv;
const deps = {
  store: createFolderBlobStore(folder),
  queue: { send: async (messages) => process.send({ queued: messages }) },
  clock: createSystemClock(),
  newId: () => crypto.randomUUID(),
  log: (record) => process.send({ failed: JSON.stringify(record) }),
};

process.on('message', async (message) => {
  await consume(deps, [message]);
  process.send({ done: true, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
