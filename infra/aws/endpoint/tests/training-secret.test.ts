import { describe, expect, test } from 'vitest';
import { openTrainingEndpoint } from '../../../../shared/adapters/web/training-endpoint.ts';
import { REGION, synthesiseEndpoint } from './synthesised.ts';

const stack = synthesiseEndpoint({ usdPerHour: '1.41' });
const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const plainBody = (stream: unknown) => stream;

describe('the secret of a Worker', () => {
  const told = JSON.parse(output('TrainingForWorkers'));

  test('names endpoint, regions, staging bucket and price, and holds no key', () => {
    const none = { accessKeyId: '', secretAccessKey: '' };
    expect(told).toEqual({
      endpointName: 'edgemark-training',
      region: REGION,
      credentials: none,
      staging: { bucket: '<Staging>', region: REGION, credentials: none },
      data: {
        bucket: '',
        region: 'auto',
        endpoint: 'https://<account id>.r2.cloudflarestorage.com',
        credentials: none,
      },
      usdPerHour: 1.41,
    });
  });

  test('is taken by the function once it is filled in', () => {
    const filled = {
      ...told,
      credentials: KEYS,
      staging: { ...told.staging, credentials: KEYS },
      data: { ...told.data, bucket: 'edgemark', endpoint: 'https://0a1b.r2.cloudflarestorage.com', credentials: KEYS },
    };
    expect(openTrainingEndpoint(JSON.stringify(filled), plainBody)?.usdPerHour).toBe(1.41);
  });

  test('is refused by the function as it comes, and says what was not filled in', () => {
    const open = () => openTrainingEndpoint(JSON.stringify(told), plainBody);
    for (const missing of ['credentials.accessKeyId', 'staging.credentials', 'data.bucket', 'data.endpoint']) {
      expect(open).toThrow(missing);
    }
  });
});

describe('the setting of a Lambda', () => {
  const told = JSON.parse(output('TrainingForLambda'));

  test('has no keys: the role is enough', () => {
    expect(told).toEqual({
      endpointName: 'edgemark-training',
      region: REGION,
      staging: { bucket: '<Staging>', region: REGION },
      data: { bucket: '', region: REGION },
      usdPerHour: 1.41,
    });
  });

  test('is refused until the data bucket is named, and taken then', () => {
    expect(() => openTrainingEndpoint(JSON.stringify(told), plainBody)).toThrow('data.bucket');
    const filled = { ...told, data: { ...told.data, bucket: 'edgemark' } };
    expect(openTrainingEndpoint(JSON.stringify(filled), plainBody)).not.toBeNull();
  });
});

test('without a price there is none in the secret', () => {
  expect(synthesiseEndpoint().outputs['TrainingForWorkers']).not.toContain('usdPerHour');
});

test('what the README needs is told', () => {
  expect(stack.outputs).toMatchObject({
    StagingBucket: '<Staging>',
    CallerPolicyArn: '<Caller>',
    SuccessTopicArn: '<Success>',
    ErrorTopicArn: '<Error>',
    AlarmTopicArn: '<Alarms>',
  });
});

function output(name: string): string {
  return stack.outputs[name] ?? '';
}
