import { expect, test } from 'vitest';
import { ACCOUNT, REGION, synthesiseEndpoint } from './synthesised.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

const stack = synthesiseEndpoint();
const BUCKET = '<Staging.Arn>';

test('SageMaker may read requests, write answers, pull the image, log, count and tell, and nothing else', () => {
  const { Policies } = stack.properties('Execution') as { Policies: { PolicyDocument: { Statement: Statement[] } }[] };
  expect(Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
    { Sid: 'ReadRequests', Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/rounds/*` },
    {
      Sid: 'WriteAnswers',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: [`${BUCKET}/outputs/*`, `${BUCKET}/failures/*`],
    },
    { Sid: 'SeeWhatIsMissing', Effect: 'Allow', Action: 's3:ListBucket', Resource: BUCKET },
    {
      Sid: 'PullImage',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/edgemark-trainer`,
    },
    { Sid: 'LogInToRegistry', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    { Sid: 'TellOfRounds', Effect: 'Allow', Action: 'sns:Publish', Resource: ['<Success>', '<Error>'] },
    {
      Sid: 'WriteLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      Resource: '<Logs.Arn>',
    },
    {
      Sid: 'CountInstances',
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/Endpoints' } },
    },
  ]);
});

test('only SageMaker, for this account, takes that role, and nothing is attached to it from elsewhere', () => {
  const { AssumeRolePolicyDocument, ManagedPolicyArns } = stack.properties('Execution');
  expect(AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sagemaker:${REGION}:${ACCOUNT}:*` } },
      },
    ],
  });
  expect(ManagedPolicyArns).toBeUndefined();
});

test('the function may invoke this endpoint, put requests and get answers, and nothing else', () => {
  expect(stack.properties('Caller')['PolicyDocument']).toMatchObject({
    Statement: [
      {
        Sid: 'HandOver',
        Effect: 'Allow',
        Action: 'sagemaker:InvokeEndpointAsync',
        Resource: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/edgemark-training`,
      },
      { Sid: 'WriteRequests', Effect: 'Allow', Action: 's3:PutObject', Resource: `${BUCKET}/rounds/*` },
      {
        Sid: 'ReadAnswers',
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: [`${BUCKET}/outputs/*`, `${BUCKET}/failures/*`],
      },
      { Sid: 'SeeWhatIsMissing', Effect: 'Allow', Action: 's3:ListBucket', Resource: BUCKET },
    ],
  });
});

test('no statement of the stack allows an action by a wildcard, or all resources where AWS knows finer ones', () => {
  const allowed = allowStatements(stack.resources);
  expect(allowed.length).toBeGreaterThan(10);
  expect(allowed.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  const everywhere = allowed.filter(({ Resource }) => [Resource].flat().includes('*'));
  expect(everywhere.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken', 'cloudwatch:PutMetricData']);
});

test('the stack makes no user, no key and no other role', () => {
  const identities = Object.values(stack.resources).filter(({ Type }) =>
    /^AWS::IAM::(User|AccessKey|Role|Group|Policy)$/.test(Type),
  );
  expect(identities.map(({ Type }) => Type)).toEqual(['AWS::IAM::Role']);
});

/** Of every policy in there, wherever it lies; trust policies name no resource. */
function allowStatements(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value && 'Resource' in value) return value.Effect === 'Allow' ? [value as Statement] : [];
  return Object.values(value).flatMap(allowStatements);
}
