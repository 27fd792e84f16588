import { expect, test } from 'vitest';
import { parseJsonc } from '../../infra/dev/workspace/jsonc.ts';

test('comments and trailing commas go, strings stay as they are', () => {
  const text = `{
    // a line comment, with "quotes"
    "url": "https://example.com/*not a comment*/", /* a block
    comment */
    "list": [1, 2, // two
    ],
    "comma in a string": ",]",
  }`;
  expect(parseJsonc(text)).toEqual({
    url: 'https://example.com/*not a comment*/',
    list: [1, 2],
    'comma in a string': ',]',
  });
});

test('an escaped quote does not end a string', () => {
  expect(parseJsonc('{"a": "\\" // still inside"}')).toEqual({ a: '" // still inside' });
});

test('what is not JSON otherwise is an error', () => {
  expect(() => parseJsonc('{"a": }')).toThrow(SyntaxError);
});
