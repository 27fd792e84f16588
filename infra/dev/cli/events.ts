import { readFileSync } from 'node:fs';
import { AcceptedSchema, MAX_EVENTS } from '../../../functions/collect/contract.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';

export const eventsCommand: Command = {
  name: 'events',
  takes: 'JSON',
  summary: 'Tell what customers did',
  details:
    'JSON is one event or a list, such as \'{"eventId":"e1","type":"view","userId":"u1","itemId":"85123A"}\', or @FILE with a line for each event.',
  options: { json: { type: 'boolean', help: 'the answer as it comes' } },
  async run(call) {
    const events = readEvents(onlyArgument(call, 'JSON'));
    let accepted = 0;
    for (let at = 0; at < events.length; at += MAX_EVENTS) {
      const answer = AcceptedSchema.parse(
        await callApi(call.environment, '/v1/events', { events: events.slice(at, at + MAX_EVENTS) }),
      );
      accepted += answer.accepted;
      if (isSet(call, 'json')) console.log(JSON.stringify(answer, null, 2));
      else for (const { index, reason } of answer.rejected) console.log(`event ${at + index + 1}: ${reason}`);
    }
    if (!isSet(call, 'json')) console.log(`${accepted} of ${events.length} events are kept.`);
  },
};

function readEvents(argument: string): unknown[] {
  const isFile = argument.startsWith('@');
  const text = isFile ? readFileSync(argument.slice(1), 'utf8') : argument;
  try {
    const value: unknown = isFile && !text.trimStart().startsWith('[') ? readLines(text) : JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    throw new DevError('that is not JSON.', 'Quote it for the shell, or write it to a file: events @events.ndjson');
  }
}

function readLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}
