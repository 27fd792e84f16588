import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { everydayMessages, feedbackOf, serviceMessages, toCsv } from '../e2e/support/help-desk.ts';

function stored(name: string): string {
  return readFileSync(new URL(`../../docs/train-it/${name}`, import.meta.url), 'utf8');
}

test("the README's messages and feedback are those that the end-to-end test trains on", () => {
  expect(stored('messages.csv')).toBe(toCsv(everydayMessages(240, 1)));
  const feedback = feedbackOf('help-desk', [...serviceMessages(200, 21), ...everydayMessages(200, 2)]);
  expect(JSON.parse(stored('feedback.json'))).toEqual({ feedback });
});
