import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies } from '../bootstrap/dependencies.mjs';
import { ROOT } from '../workspace/paths.ts';

/** The CDK app of the training endpoint. Its packages are its own: nobody who doesn't deploy to AWS needs them. */
export const ENDPOINT_APP = join(ROOT, 'infra', 'aws', 'endpoint');

/** That the app's packages are there, or why not. */
export type EndpointAppFound = { readonly installed: true } | { readonly missing: string };

/** Installs the packages only when `EDGEMARK_CDK_TESTS=1` asks for it, or brings those up to date that are there already. */
export async function findEndpointApp(environment: NodeJS.ProcessEnv): Promise<EndpointAppFound> {
  if (!existsSync(join(ENDPOINT_APP, 'node_modules')) && environment['EDGEMARK_CDK_TESTS'] !== '1') {
    return {
      missing:
        'infra/aws/endpoint/node_modules is not there; EDGEMARK_CDK_TESTS=1 makes it (the AWS CDK, about 220 MB)',
    };
  }
  try {
    await installDependencies(ENDPOINT_APP, process.execPath, (line) => console.log(`edgemark: ${line}`));
    return { installed: true };
  } catch {
    return { missing: 'installing infra/aws/endpoint failed, see above' };
  }
}
