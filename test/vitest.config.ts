import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A suite that runs in Node and reads `test/<name>`. */
function nodeProject(name: string, timeoutSeconds: number): TestProjectInlineConfiguration {
  return {
    root,
    test: {
      name,
      environment: 'node',
      // One `npm start` for all end-to-end files.
      ...(name === 'e2e' ? { globalSetup: ['test/e2e/global-setup.ts'] } : {}),
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutSeconds * 1000,
      hookTimeout: timeoutSeconds * 1000,
      // Suites that start servers run one file at a time: two servers starting at once make each other late.
      fileParallelism: name === 'unit',
    },
  };
}

/** Loading the CDK takes seconds. */
function endpointProject(): TestProjectInlineConfiguration {
  return {
    root,
    test: {
      name: 'endpoint',
      environment: 'node',
      include: ['infra/aws/endpoint/tests/**/*.test.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      fileParallelism: false,
    },
  };
}

/** One project a suite: `vitest run --config test/vitest.config.ts --project unit`. */
export default defineConfig({
  root,
  test: {
    projects: [
      nodeProject('unit', 10),
      nodeProject('lambda', 60),
      nodeProject('contract', 120),
      nodeProject('faults', 120),
      nodeProject('parity', 300),
      nodeProject('e2e', 300),
      // The CDK app of the training endpoint, where its packages are: infra/dev/suites/endpoint-suite.ts.
      ...(existsSync(new URL('../infra/aws/endpoint/node_modules', import.meta.url)) ? [endpointProject()] : []),
      {
        root,
        plugins: [cloudflareTest({ wrangler: { configPath: './test/workerd/wrangler.jsonc' } })],
        test: {
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
