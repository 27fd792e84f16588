import { describe, expect, test } from 'vitest';
import { ROUND_TIMEOUT_SECONDS, ROUND_TTL_SECONDS } from '../../../../functions/train/round-request.ts';
import { ROUND_TIMEOUT_SECONDS as ASSUMED_TIMEOUT, ROUND_TTL_SECONDS as ASSUMED_TTL } from '../alarms.ts';
import { ACCOUNT, REGION, synthesiseEndpoint, synthesiseImages } from './synthesised.ts';

const stack = synthesiseEndpoint();

test('the endpoint is asynchronous, runs one round an instance, and tells of both ends', () => {
  expect(stack.properties('Config')['AsyncInferenceConfig']).toEqual({
    ClientConfig: { MaxConcurrentInvocationsPerInstance: 1 },
    OutputConfig: {
      S3OutputPath: 's3://<Staging>/outputs',
      S3FailurePath: 's3://<Staging>/failures',
      NotificationConfig: { SuccessTopic: '<Success>', ErrorTopic: '<Error>' },
    },
  });
  expect(stack.properties('Endpoint')).toEqual({
    EndpointName: 'edgemark-training',
    EndpointConfigName: '<Config.EndpointConfigName>',
  });
});

test('it runs the image with the tag that the deployment names, with the network that rounds need', () => {
  expect(stack.properties('Model')).toEqual({
    ExecutionRoleArn: '<Execution.Arn>',
    PrimaryContainer: { Image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/edgemark-trainer:<ImageTag>` },
    EnableNetworkIsolation: false,
  });
  expect(stack.parameters['ImageTag']).not.toHaveProperty('Default');
});

test('it starts on a small GPU with the driver that the image wants', () => {
  expect(stack.properties('Config')['ProductionVariants']).toEqual([
    {
      VariantName: 'trainer',
      ModelName: '<Model.ModelName>',
      InstanceType: 'ml.g5.xlarge',
      InitialInstanceCount: 1,
      InitialVariantWeight: 1,
      ContainerStartupHealthCheckTimeoutInSeconds: 600,
      InferenceAmiVersion: 'al2023-ami-sagemaker-inference-gpu-4-1',
    },
  ]);
});

test('an instance without a GPU is left the machine image that SageMaker has for it', () => {
  const [variant] = synthesiseEndpoint({ instanceType: 'ml.m5.xlarge' }).properties('Config')[
    'ProductionVariants'
  ] as unknown[];
  expect(variant).toMatchObject({ InstanceType: 'ml.m5.xlarge' });
  expect(variant).not.toHaveProperty('InferenceAmiVersion');
});

test('logs are kept for a month', () => {
  expect(stack.properties('Logs')).toEqual({
    LogGroupName: '/aws/sagemaker/Endpoints/edgemark-training',
    RetentionInDays: 30,
  });
});

test('times are what the function asks of a round', () => {
  expect([ASSUMED_TTL, ASSUMED_TIMEOUT]).toEqual([ROUND_TTL_SECONDS, ROUND_TIMEOUT_SECONDS]);
});

test('a second endpoint shares no name with the first', () => {
  const second = synthesiseEndpoint({ endpointName: 'trial' });
  expect(JSON.stringify(second.resources)).not.toContain('edgemark-training');
  expect(second.properties('Endpoint')['EndpointName']).toBe('trial');
});

test('images are scanned, never replaced, and only the newest five kept', () => {
  const { LifecyclePolicy, ...images } = synthesiseImages().properties('Images');
  expect(images).toMatchObject({
    RepositoryName: 'edgemark-trainer',
    ImageTagMutability: 'IMMUTABLE',
    ImageScanningConfiguration: { ScanOnPush: true },
  });
  const { LifecyclePolicyText } = LifecyclePolicy as { LifecyclePolicyText: string };
  expect(JSON.parse(LifecyclePolicyText).rules).toMatchObject([
    { selection: { countType: 'imageCountMoreThan', countNumber: 5 }, action: { type: 'expire' } },
  ]);
});

describe('settings that can not be meant are refused:', () => {
  test.each([
    // The ARN has it in lower case, and IAM compares exactly.
    ['a name with capitals', { endpointName: 'Training' }, 'endpointName'],
    ['a name with two ends', { endpointName: 'training-' }, 'endpointName'],
    ['a name of 64 characters', { endpointName: 'a'.repeat(64) }, 'endpointName'],
    ['an instance of EC2', { instanceType: 'g5.xlarge' }, 'instanceType'],
    ['no instance at all', { maxInstances: '0' }, 'maxInstances'],
    ['half an instance', { maxInstances: '1.5' }, 'maxInstances'],
    ['a price that is none', { usdPerHour: 'free' }, 'usdPerHour'],
    ['an address that is none', { alarmEmail: 'ops' }, 'alarmEmail'],
  ])('%s', (_, settings, named) => {
    expect(() => synthesiseEndpoint(settings)).toThrow(named);
  });
});
