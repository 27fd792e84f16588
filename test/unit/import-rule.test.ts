import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { breachesOf } from '../support/import-rule.ts';
import { COMPUTED, importsOf } from '../support/imports-of.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

test('no file of shared/ and functions/ breaks the dependency rule', () => {
  const paths = ['shared', 'functions'].flatMap(sourceFiles);
  const breaches = paths.flatMap((path) => breachesOf(path, readFileSync(join(REPOSITORY, path), 'utf8')));
  expect(paths.length).toBeGreaterThan(20);
  expect(breaches).toEqual([]);
});

describe('the rule catches', () => {
  test.each([
    ['core that imports a port', 'shared/core/a.ts', "import type { Clock } from '../ports/clock.ts';"],
    ['core that imports a package', 'shared/core/a.ts', "import { z } from 'zod';"],
    ['core that imports Node', 'shared/core/a.ts', "import { hash } from 'node:crypto';"],
    ['a port that imports the model', 'shared/ports/a.ts', "import type { M } from '../model/manifest.ts';"],
    ['a port that imports a package', 'shared/ports/a.ts', "import { z } from 'zod';"],
    ['an image that imports the model', 'shared/image/a.ts', "import { M } from '../model/manifest.ts';"],
    ['an image that imports a codec', 'shared/image/a.ts', "import { Unzlib } from 'fflate';"],
    ['a customer that imports the model', 'shared/customer/a.ts', "import { M } from '../model/manifest.ts';"],
    ['a metric that imports a port', 'shared/metrics/a.ts', "import { B } from '../ports/blob-store.ts';"],
    ['a report that imports a port', 'shared/report/a.ts', "import { B } from '../ports/blob-store.ts';"],
    ['a recommender that imports a port', 'shared/recommender/a.ts', "import { B } from '../ports/blob-store.ts';"],
    ['a model that imports HTTP', 'shared/model/a.ts', "import { problem } from '../http/problem.ts';"],
    ['a model that imports Hono', 'shared/model/a.ts', "import { Hono } from 'hono';"],
    [
      'a model that imports an adapter',
      'shared/model/a.ts',
      "export * from '../adapters/memory/memory-blob-store.ts';",
    ],
    ['HTTP that imports the model', 'shared/http/a.ts', "import { Pack } from '../model/pack.ts';"],
    ['an adapter that imports HTTP', 'shared/adapters/web/a.ts', "import { problem } from '../../http/problem.ts';"],
    ['a web adapter that imports Node', 'shared/adapters/web/a.ts', "import { Readable } from 'node:stream';"],
    ['an adapter of another platform', 'shared/adapters/cloudflare/deps.ts', "import { e } from '../aws/env.ts';"],
    [
      'a capability that imports an adapter',
      'functions/a/a.ts',
      "import { d } from '../../shared/adapters/aws/deps.ts';",
    ],
    [
      'an app that imports an adapter',
      'functions/a/app.ts',
      "const d = await import('../../shared/adapters/aws/deps.ts');",
    ],
    ['a Worker that imports the AWS adapter', 'functions/a/worker.ts', "import '../../shared/adapters/aws/deps.ts';"],
    ['a Worker that imports Node', 'functions/a/worker.ts', "import { readFile } from 'node:fs/promises';"],
    ['a function that imports another', 'functions/a/worker.ts', "import { createApp } from '../b/app.ts';"],
    ['a function whose name begins like the other', 'functions/a/a.ts', "import { x } from '../ab/x.ts';"],
    ['a function that imports a test', 'functions/a/a.ts', "import { x } from '../../test/support/x.ts';"],
    ['a type by import()', 'shared/core/a.ts', "export type M = import('../model/manifest.ts').Manifest;"],
    ['a computed import', 'functions/a/a.ts', 'export const load = (name: string) => import(name);'],
    ['a file in no layer', 'shared/other/a.ts', 'export const one = 1;'],
  ])('%s', (_, path, source) => {
    expect(breachesOf(path, source)).toHaveLength(1);
  });
});

describe('the rule allows', () => {
  test.each([
    ['core within core', 'shared/core/a.ts', "import { ok } from './result.ts';"],
    ['a model over ports', 'shared/model/a.ts', "import type { BlobStore } from '../ports/blob-store.ts';"],
    ['a model over images', 'shared/model/a.ts', "import { resize } from '../image/resample.ts';"],
    ['an adapter of the web over images', 'shared/adapters/web/a.ts', "import { d } from '../../image/d.ts';"],
    ['an adapter of AWS over one of the web', 'shared/adapters/aws/a.ts', "import { c } from '../web/c.ts';"],
    ['a Worker over its adapters', 'functions/a/worker.ts', "import '../../shared/adapters/cloudflare/deps.ts';"],
    ['a Lambda over its adapters', 'functions/a/lambda.ts', "import '../../shared/adapters/aws/deps.ts';"],
    ['a function within its own folder', 'functions/a/app.ts', "import { a } from './a.ts';"],
  ])('%s', (_, path, source) => {
    expect(breachesOf(path, source)).toEqual([]);
  });
});

describe('the modules that a source names', () => {
  test('are found in every form, once each', () => {
    const source = `
      import a, { type B } from './a.ts';
      import type { C } from './c.ts';
      import './d.ts';
      export { e } from './e.ts';
      export * from './f.ts';
      export type { G } from './a.ts';
      const h = await import('./h.ts');
      type I = import('./i.ts').I;
      const j = import(\`./\${a}.ts\`);`;
    const expected = ['./a.ts', './c.ts', './d.ts', './e.ts', './f.ts', './h.ts', './i.ts', COMPUTED];
    expect(importsOf('x.ts', source)).toEqual(expected);
  });

  test('are not looked for in comments and texts', () => {
    expect(importsOf('x.ts', "// import './a.ts'\nexport const text = \"import './b.ts'\";")).toEqual([]);
  });

  test('of a source that cannot be parsed are an error', () => {
    expect(() => importsOf('x.ts', 'import {')).toThrow(SyntaxError);
  });
});

/** TypeScript files in the folder and below, without hidden folders, where tools put what they build. */
function sourceFiles(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}
