/**
 * Makes functions/gateway/openapi.json from the functions' contracts.
 * `npm run openapi` writes it; `npm run openapi -- --check` fails when the committed file differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import * as classify from '../../functions/classify/contract.ts';
import * as collect from '../../functions/collect/contract.ts';
import * as evaluate from '../../functions/evaluate/contract.ts';
import * as evaluatePower from '../../functions/evaluate/contract-power.ts';
import * as gateway from '../../functions/gateway/contract.ts';
import * as infer from '../../functions/infer/contract.ts';
import * as models from '../../functions/models/contract.ts';
import * as prepare from '../../functions/prepare/contract.ts';
import * as rebuild from '../../functions/rebuild/contract.ts';
import * as recommend from '../../functions/recommend/contract.ts';
import * as tag from '../../functions/tag/contract.ts';
import * as train from '../../functions/train/contract.ts';
import { VERSION } from '../../shared/core/version.ts';

const FILE = fileURLToPath(new URL('../../functions/gateway/openapi.json', import.meta.url));

function generate(): string {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: em_<id>_<secret>.',
  });
  for (const contract of [
    gateway,
    classify,
    tag,
    recommend,
    rebuild,
    models,
    infer,
    collect,
    evaluate,
    evaluatePower,
    prepare,
    train,
  ]) {
    for (const exported of Object.values(contract)) if (isRoute(exported)) registry.registerPath(exported);
  }
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Edgemark',
      version: VERSION,
      description: "A company's own marketing AI, served as functions at the edge.",
    },
    servers: [{ url: '/' }],
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

function isRoute(value: unknown): value is RouteConfig {
  return typeof value === 'object' && value !== null && 'operationId' in value && 'path' in value;
}

const generated = generate();
if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== generated) {
    console.error('functions/gateway/openapi.json is not what the contracts say: run "npm run openapi" and commit it.');
    process.exit(1);
  }
  console.log('openapi.json is up to date.');
} else {
  await writeFile(FILE, generated);
  console.log(`Wrote ${FILE}`);
}
