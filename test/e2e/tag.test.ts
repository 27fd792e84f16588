import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { FIXTURE_HEIGHT, FIXTURE_WIDTH, fixture } from '../support/image-fixtures.ts';
import { TEST_SPLITS } from '../support/tagged-pictures.ts';
import { folderWith } from './support/onnx-folder.ts';

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null;
/** Kinds that a child tells apart, and how many of their photographs are sent. */
const PLAIN_KINDS = ['pants', 'shoes'];
const PICTURES = 24;

interface Answer {
  readonly model: { readonly name: string };
  readonly tags: readonly { readonly label: string; readonly attribute: string }[];
  readonly image: { readonly width: number; readonly height: number };
}

test('curl sends a picture as it is, and a form of several', () => {
  const folder = folderWith({ 'photo.webp': fixture('webp-lossy') });
  const one = curl('clothing', '--data-binary', `@${join(folder, 'photo.webp')}`) as Answer;
  expect(one.model.name).toBe('clothing');
  expect(one.tags[0]?.attribute).toBe('type');
  expect(one.image).toMatchObject({ format: 'webp', width: FIXTURE_WIDTH, height: FIXTURE_HEIGHT });
  const form = readdirSync(folder).flatMap((name) => ['-F', `images=@${join(folder, name)}`]);
  const many = curl('grocery', ...form, ...form) as { results: Answer[] };
  for (const { tags } of many.results)
    expect(new Set(tags.map((tag) => tag.attribute))).toEqual(new Set(['coarse', 'fine']));
});

test('photographs that a shop might send get the right tag', (context) => {
  if (missing !== null) context.skip(missing);
  const pictures = (TEST_SPLITS['clothing']?.(dataFolder) ?? [])
    .filter(({ labels }) => PLAIN_KINDS.includes(labels['type'] ?? ''))
    .filter((_, index, all) => index % Math.ceil(all.length / PICTURES) === 0);
  const right = pictures.filter(({ path, labels }) => {
    const { tags } = curl('clothing', '--data-binary', `@${path}`) as Answer;
    return tags[0]?.label === labels['type'];
  });
  expect(right.length / pictures.length).toBeGreaterThan(0.8);
});

function curl(model: string, ...body: readonly string[]): unknown {
  const key = `Authorization: Bearer ${inject('key')}`;
  const args = ['-s', `${inject('url')}/v1/tag?model=${model}&topK=2`, '-H', key, ...body];
  return JSON.parse(execFileSync('curl', args, { encoding: 'utf8' }));
}
