import { describe, expect, test } from 'vitest';
import { ROUND_TIMEOUT_SECONDS, ROUND_TTL_SECONDS } from '../../../../functions/train/round-request.ts';
import { ACCOUNT, synthesiseEndpoint } from './synthesised.ts';

const stack = synthesiseEndpoint({ alarmEmail: 'ops@example.com' });
const ENDPOINT = { Name: 'EndpointName', Value: 'edgemark-training' };
const VARIANT = { Name: 'VariantName', Value: 'trainer' };

describe('an alarm tells the operator when', () => {
  test.each([
    [
      'a round failed',
      'RoundFailed',
      { Namespace: 'AWS/SNS', MetricName: 'NumberOfMessagesPublished', Statistic: 'Sum', Period: 300, Threshold: 1 },
      [{ Name: 'TopicName', Value: '<Error.TopicName>' }],
      1,
    ],
    ['SageMaker can not tell of rounds', 'TellingFailed', sagemaker('NotificationFailures'), [ENDPOINT, VARIANT], 1],
    ['a round expired', 'RequestExpired', sagemaker('ExpiredRequests'), [ENDPOINT, VARIANT], 1],
    [
      'a round waits long',
      'BacklogOld',
      { ...sagemaker('ApproximateAgeOfOldestRequest'), Statistic: 'Maximum', Period: 60, Threshold: 5400 },
      [ENDPOINT],
      5,
    ],
    [
      'no instance comes for half an hour',
      'NoInstance',
      { ...sagemaker('HasBacklogWithoutCapacity'), Statistic: 'Average', Period: 60 },
      [ENDPOINT],
      30,
    ],
  ])('%s', (_, name, metric, dimensions, periods) => {
    expect(stack.properties(name)).toMatchObject({
      ...metric,
      Dimensions: dimensions,
      EvaluationPeriods: periods,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: ['<Alarms>'],
    });
  });
});

test('a round that waits long is told of before it expires, and not while it may just be running', () => {
  const threshold = stack.properties('BacklogOld')['Threshold'];
  expect(threshold).toBeGreaterThan(ROUND_TIMEOUT_SECONDS);
  expect(threshold).toBeLessThan(ROUND_TTL_SECONDS);
});

test('every alarm does something', () => {
  const silent = stack.ofType('AWS::CloudWatch::Alarm').filter(({ Properties }) => !Properties['AlarmActions']);
  expect(silent).toEqual([]);
});

test('topics take messages over TLS only, and the one for alarms takes them from alarms of this account', () => {
  const overTls = (topic: string) => ({
    Effect: 'Deny',
    Action: 'sns:Publish',
    Principal: '*',
    Resource: topic,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const fromAlarms = {
    Effect: 'Allow',
    Action: 'sns:Publish',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Resource: '<Alarms>',
    Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  };
  expect(statements('Success')).toMatchObject([overTls('<Success>')]);
  expect(statements('Error')).toMatchObject([overTls('<Error>')]);
  expect(statements('Alarms')).toMatchObject([overTls('<Alarms>'), fromAlarms]);
});

test('alarms go to the address that was given, and to nobody where none was', () => {
  const told = stack.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties);
  expect(told).toEqual([{ Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: '<Alarms>' }]);
  expect(synthesiseEndpoint().ofType('AWS::SNS::Subscription')).toEqual([]);
});

function sagemaker(metric: string) {
  return { Namespace: 'AWS/SageMaker', MetricName: metric, Statistic: 'Sum', Period: 300, Threshold: 1 };
}

function statements(topic: string): unknown {
  const { PolicyDocument } = stack.properties(`${topic}Policy`) as { PolicyDocument: { Statement: unknown } };
  return PolicyDocument.Statement;
}
