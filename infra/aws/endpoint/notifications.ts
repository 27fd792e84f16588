import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface Topics {
  /** SageMaker tells of rounds here: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html */
  readonly success: Topic;
  readonly error: Topic;
  /** And CloudWatch of alarms. */
  readonly alarms: Topic;
}

/** Messages name a round and where its answer lies, nothing of a customer; they are taken over TLS only. */
export function createTopics(scope: Construct, alarmEmail: string | undefined): Topics {
  const topic = (id: string, displayName: string) => new Topic(scope, id, { displayName, enforceSSL: true });
  const alarms = topic('Alarms', 'Edgemark training: alarms');
  alarms.addToResourcePolicy(fromAlarms(alarms));
  if (alarmEmail !== undefined) alarms.addSubscription(new EmailSubscription(alarmEmail));
  return {
    success: topic('Success', 'Edgemark training: rounds that were answered'),
    error: topic('Error', 'Edgemark training: rounds that failed'),
    alarms,
  };
}

/**
 * A topic with a policy of its own has lost the one by which its account's alarms may publish:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
function fromAlarms(topic: Topic): PolicyStatement {
  return new PolicyStatement({
    sid: 'AllowAlarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  });
}
