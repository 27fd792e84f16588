import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { endpointMetric } from './metrics.ts';
import { VARIANT_NAME } from './training-endpoint.ts';

export interface ScaleToZeroOptions {
  readonly endpoint: CfnEndpoint;
  readonly endpointName: string;
  readonly maxInstances: number;
}

/**
 * One round an instance: with more of them waiting or running there are more instances, and below .9 of it fewer. A round under way counts
 * in the metric, so that with a larger target the only instance would be taken from under its round.
 */
const ROUNDS_PER_INSTANCE = 1;

/** As in AWS's own policy; a started instance shows in the metrics before another one is asked for. */
const COOLDOWN_SECONDS = 300;

/**
 * From no instance to some and back, by the two policies that AWS describes: target tracking can't start from zero, as a backlog divided
 * by no instances is no number. https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
 *
 * Target tracking takes an instance away after its alarm stood for 15 minutes:
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html. So the instance stays between
 * the rounds of a job, and an idle one costs a quarter of an hour.
 */
export function scaleToZero(scope: Construct, options: ScaleToZeroOptions): void {
  const target = new CfnScalableTarget(scope, 'Instances', {
    serviceNamespace: 'sagemaker',
    resourceId: `endpoint/${options.endpointName}/variant/${VARIANT_NAME}`,
    scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    minCapacity: 0,
    maxCapacity: options.maxInstances,
  });
  target.node.addDependency(options.endpoint);
  followBacklog(scope, target, options.endpointName);
  startFromZero(scope, target, options.endpointName);
}

function followBacklog(scope: Construct, target: CfnScalableTarget, endpointName: string): void {
  new CfnScalingPolicy(scope, 'FollowBacklog', {
    policyName: 'follow-backlog',
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.ref,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: ROUNDS_PER_INSTANCE,
      scaleInCooldown: COOLDOWN_SECONDS,
      scaleOutCooldown: COOLDOWN_SECONDS,
      customizedMetricSpecification: {
        namespace: 'AWS/SageMaker',
        metricName: 'ApproximateBacklogSizePerInstance',
        dimensions: [{ name: 'EndpointName', value: endpointName }],
        statistic: 'Average',
      },
    },
  });
}

function startFromZero(scope: Construct, target: CfnScalableTarget, endpointName: string): void {
  const policy = new CfnScalingPolicy(scope, 'StartFromZero', {
    policyName: 'start-from-zero',
    policyType: 'StepScaling',
    scalingTargetId: target.ref,
    stepScalingPolicyConfiguration: {
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Average',
      cooldown: COOLDOWN_SECONDS,
      stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }],
    },
  });
  const waiting = new Alarm(scope, 'WaitingWithoutInstance', {
    alarmDescription: 'A round waits and there is no instance: start one.',
    metric: endpointMetric(endpointName, 'HasBacklogWithoutCapacity', 'Average', 1),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.MISSING,
  });
  waiting.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) });
}
