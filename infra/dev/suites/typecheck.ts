import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runToEnd } from '../bootstrap/child-process.mjs';
import { ROOT } from '../workspace/paths.ts';
import { findEndpointApp } from './endpoint-suite.ts';

/** One project a platform: what none may see (Node, Workers) is not in its types. */
const PROJECTS = ['.', 'shared/adapters/cloudflare', 'shared/adapters/aws', 'test', 'test/workerd'];

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
let failed = 0;
for (const project of [...PROJECTS, ...(await endpointApp())]) {
  const code = await runToEnd(process.execPath, [compiler, '--project', join(ROOT, project)], { cwd: ROOT });
  if (code !== 0) failed++;
  console.log(`${project}: ${code === 0 ? 'types hold' : 'type errors'}`);
}
process.exit(failed === 0 ? 0 : 1);

/** The CDK app of the training endpoint, where its packages are. */
async function endpointApp(): Promise<string[]> {
  const found = await findEndpointApp(process.env);
  if ('installed' in found) return ['infra/aws/endpoint'];
  console.log(`infra/aws/endpoint: skips: ${found.missing}`);
  return [];
}
