import { expect, test } from 'vitest';
import { synthesiseEndpoint } from './synthesised.ts';

const stack = synthesiseEndpoint();

test('nobody outside reaches the staging bucket', () => {
  expect(stack.properties('Staging')).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  expect(stack.ofType('AWS::S3::Bucket')).toHaveLength(1);
});

test('it is reached by TLS 1.2 or newer only; its policy does nothing but refuse', () => {
  const everything = ['<Staging.Arn>', '<Staging.Arn>/*'];
  const refusal = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: everything };
  expect(stack.properties('StagingPolicy')).toMatchObject({
    Bucket: '<Staging>',
    PolicyDocument: {
      Statement: [
        { ...refusal, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { ...refusal, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      ],
    },
  });
});

test('requests and answers go after a week, failures after a month, broken uploads after a day', () => {
  const on = { Status: 'Enabled' };
  expect(stack.properties('Staging')['LifecycleConfiguration']).toEqual({
    Rules: [
      { ...on, Id: 'requests', Prefix: 'rounds/', ExpirationInDays: 7 },
      { ...on, Id: 'outputs', Prefix: 'outputs/', ExpirationInDays: 7 },
      { ...on, Id: 'failures', Prefix: 'failures/', ExpirationInDays: 30 },
      { ...on, Id: 'unfinished-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ],
  });
});

test('the stack can be deleted whole: it holds nothing that lasts', () => {
  const kept = Object.values(stack.resources).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
  expect(kept).toEqual([]);
  expect(stack.resources['Staging']?.DeletionPolicy).toBe('Delete');
});
