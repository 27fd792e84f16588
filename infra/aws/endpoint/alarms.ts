import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { endpointMetric } from './metrics.ts';
import type { Topics } from './notifications.ts';
import { VARIANT_NAME } from './training-endpoint.ts';

/** As functions/train/round-request.ts asks; a test holds them together. */
export const ROUND_TTL_SECONDS = 7_200;
export const ROUND_TIMEOUT_SECONDS = 3_600;

/**
 * Whether a request's age goes on counting while its round runs is not documented. If it does, a round that had an instance within half
 * an hour and took all its time is no alarm yet; if it doesn't, half an hour is left until the request expires.
 */
const OLD_SECONDS = ROUND_TIMEOUT_SECONDS + 1_800;
const WITHOUT_INSTANCE_MINUTES = 30;

interface Watch {
  readonly id: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods: number;
}

/** Tells the alarm topic what a person should look into. README.md says what to do for each. */
export function createAlarms(scope: Construct, endpointName: string, topics: Topics): void {
  for (const { id, says, metric, threshold, periods } of watches(endpointName, topics)) {
    const alarm = new Alarm(scope, id, {
      alarmDescription: `${says} (${endpointName})`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      // With nothing to do SageMaker counts nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction({ bind: () => ({ alarmActionArn: topics.alarms.topicArn }) });
  }
}

function watches(endpointName: string, topics: Topics): Watch[] {
  const count = (name: string) => endpointMetric(endpointName, name, 'Sum', 5, VARIANT_NAME);
  return [
    {
      id: 'RoundFailed',
      says: 'SageMaker gave a round up and told so on the error topic.',
      metric: topics.error.metricNumberOfMessagesPublished({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      periods: 1,
    },
    {
      id: 'TellingFailed',
      says: 'SageMaker could not tell of a round: the alarm on failed rounds is blind, too.',
      metric: count('NotificationFailures'),
      threshold: 1,
      periods: 1,
    },
    {
      id: 'RequestExpired',
      says: 'A round waited longer than its TTL.',
      metric: count('ExpiredRequests'),
      threshold: 1,
      periods: 1,
    },
    {
      id: 'BacklogOld',
      says: 'A round waits so long that it may expire.',
      metric: endpointMetric(endpointName, 'ApproximateAgeOfOldestRequest', 'Maximum', 1),
      threshold: OLD_SECONDS,
      periods: 5,
    },
    {
      id: 'NoInstance',
      says: 'A round waits and no instance has come: no capacity, no quota, or an image that does not start.',
      metric: endpointMetric(endpointName, 'HasBacklogWithoutCapacity', 'Average', 1),
      threshold: 1,
      periods: WITHOUT_INSTANCE_MINUTES,
    },
  ];
}
