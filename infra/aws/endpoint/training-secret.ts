import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** To be filled in: the function refuses a secret in which it was not. */
const KEYS = { accessKeyId: '', secretAccessKey: '' };
const R2_ADDRESS = 'https://<account id>.r2.cloudflarestorage.com';

/**
 * Two outputs with the JSON of the secret TRAINING (shared/adapters/web/training-endpoint.ts), for a Worker with its data in R2 and for a
 * Lambda with its data in S3. What the stack doesn't know, keys and the data bucket, is left to fill in.
 */
export function tellTrainingSecret(scope: Construct, settings: Settings, staging: Bucket): void {
  const stack = Stack.of(scope);
  const { region } = stack;
  const bucket = staging.bucketName;
  const known = { endpointName: settings.endpointName, region };
  const price = settings.usdPerHour === undefined ? {} : { usdPerHour: settings.usdPerHour };
  const tell = (id: string, description: string, secret: object) =>
    new CfnOutput(scope, id, { description, value: stack.toJsonString(secret) });
  tell('TrainingForWorkers', 'The secret TRAINING of a Worker: fill in the keys and the R2 bucket', {
    ...known,
    credentials: KEYS,
    staging: { bucket, region, credentials: KEYS },
    data: { bucket: '', region: 'auto', endpoint: R2_ADDRESS, credentials: KEYS },
    ...price,
  });
  tell('TrainingForLambda', 'EDGEMARK_TRAINING of a Lambda: fill in the data bucket', {
    ...known,
    staging: { bucket, region },
    data: { bucket: '', region },
    ...price,
  });
}
