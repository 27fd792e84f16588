import { expect, test } from 'vitest';
import { synthesiseEndpoint } from './synthesised.ts';

const stack = synthesiseEndpoint();
const ENDPOINT = [{ Name: 'EndpointName', Value: 'edgemark-training' }];

test('there are none or one instance, or as many as the operator says', () => {
  const instances = {
    ServiceNamespace: 'sagemaker',
    ResourceId: 'endpoint/edgemark-training/variant/trainer',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    MinCapacity: 0,
  };
  expect(stack.properties('Instances')).toEqual({ ...instances, MaxCapacity: 1 });
  expect(synthesiseEndpoint({ maxInstances: '3' }).properties('Instances')).toEqual({ ...instances, MaxCapacity: 3 });
});

test('the variant that is scaled is the one that the endpoint has', () => {
  const [variant] = stack.properties('Config')['ProductionVariants'] as { VariantName: string }[];
  expect(stack.properties('Instances')['ResourceId']).toBe(
    `endpoint/edgemark-training/variant/${variant?.VariantName}`,
  );
});

test('instances follow the backlog, one round each, so that a round keeps its instance', () => {
  expect(stack.properties('FollowBacklog')).toEqual({
    PolicyName: 'follow-backlog',
    PolicyType: 'TargetTrackingScaling',
    ScalingTargetId: '<Instances>',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 1,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 300,
      CustomizedMetricSpecification: {
        Namespace: 'AWS/SageMaker',
        MetricName: 'ApproximateBacklogSizePerInstance',
        Dimensions: ENDPOINT,
        Statistic: 'Average',
      },
    },
  });
});

test('a round that waits for two minutes without an instance starts one', () => {
  expect(stack.properties('StartFromZero')).toEqual({
    PolicyName: 'start-from-zero',
    PolicyType: 'StepScaling',
    ScalingTargetId: '<Instances>',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Average',
      Cooldown: 300,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  });
  expect(stack.properties('WaitingWithoutInstance')).toMatchObject({
    Namespace: 'AWS/SageMaker',
    MetricName: 'HasBacklogWithoutCapacity',
    Dimensions: ENDPOINT,
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'missing',
    AlarmActions: ['<StartFromZero>'],
  });
});
