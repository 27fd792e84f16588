import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { FOLDERS } from './staging-bucket.ts';

/**
 * What the function `train` needs here: the policy is attached to the role of the Lambda, or to a user whose keys the Worker has. Keys are
 * not made by the stack: its outputs and its state would hold them.
 */
export function createCallerPolicy(scope: Construct, endpointName: string, staging: Bucket): ManagedPolicy {
  const answers = [FOLDERS.outputs, FOLDERS.failures].map((folder) => staging.arnForObjects(`${folder}/*`));
  const endpoint = Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: 'endpoint',
    resourceName: endpointName,
  });
  return new ManagedPolicy(scope, 'Caller', {
    description: 'Edgemark: hands rounds of training to the endpoint and fetches the answers',
    statements: [
      allow('HandOver', ['sagemaker:InvokeEndpointAsync'], [endpoint]),
      allow('WriteRequests', ['s3:PutObject'], [staging.arnForObjects(`${FOLDERS.requests}/*`)]),
      allow('ReadAnswers', ['s3:GetObject'], answers),
      // Without it S3 answers 403 in place of 404 for an answer that isn't there yet, which would look like a broken set-up:
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      allow('SeeWhatIsMissing', ['s3:ListBucket'], [staging.bucketArn]),
    ],
  });
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources });
}
