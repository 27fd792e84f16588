import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** Where what lies: `requests` is where shared/adapters/web/sagemaker-runner.ts puts a round's request. */
export const FOLDERS = { requests: 'rounds', outputs: 'outputs', failures: 'failures' } as const;

/** A round is over in four hours, TTL and time-out together; failures stay for whoever looks into them. */
const KEPT_DAYS = { requests: 7, outputs: 7, failures: 30 } as const;

/** Requests to the endpoint and its answers. Nothing lasts here: models and datasets are in the data bucket. */
export function createStagingBucket(scope: Construct): Bucket {
  return new Bucket(scope, 'Staging', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    // A bucket that holds objects is not deleted: README.md says how to empty it.
    removalPolicy: RemovalPolicy.DESTROY,
    lifecycleRules: [
      expiring('requests'),
      expiring('outputs'),
      expiring('failures'),
      { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
}

function expiring(what: keyof typeof FOLDERS) {
  return { id: what, prefix: `${FOLDERS[what]}/`, expiration: Duration.days(KEPT_DAYS[what]) };
}
