import { CfnOutput, CfnParameter, type Environment, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { createAlarms } from './alarms.ts';
import { createCallerPolicy } from './caller-policy.ts';
import { createExecutionRole } from './execution-role.ts';
import { REPOSITORY_NAME } from './images-stack.ts';
import { createTopics } from './notifications.ts';
import { scaleToZero } from './scale-to-zero.ts';
import type { Settings } from './settings.ts';
import { createStagingBucket } from './staging-bucket.ts';
import { createTrainingEndpoint } from './training-endpoint.ts';
import { tellTrainingSecret } from './training-secret.ts';

/** The endpoint that trains, and everything of which it has its own. */
export class EndpointStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, env?: Environment) {
    super(scope, id, {
      stackName: settings.endpointName,
      description: 'Edgemark: trains models on a GPU, round by round',
      ...(env && { env }),
    });
    const { endpointName } = settings;
    const images = Repository.fromRepositoryName(this, 'Images', REPOSITORY_NAME);
    const staging = createStagingBucket(this);
    const topics = createTopics(this, settings.alarmEmail);
    const logs = createLogGroup(this, endpointName);
    const endpoint = createTrainingEndpoint(this, {
      ...{ endpointName, instanceType: settings.instanceType, staging, topics, logs },
      imageUri: images.repositoryUriForTag(askImageTag(this)),
      role: createExecutionRole(this, { staging, images, topics, logs }),
    });
    scaleToZero(this, { endpoint, endpointName, maxInstances: settings.maxInstances });
    createAlarms(this, endpointName, topics);
    tellTrainingSecret(this, settings, staging);
    this.tell({
      StagingBucket: staging.bucketName,
      CallerPolicyArn: createCallerPolicy(this, endpointName, staging).managedPolicyArn,
      SuccessTopicArn: topics.success.topicArn,
      ErrorTopicArn: topics.error.topicArn,
      AlarmTopicArn: topics.alarms.topicArn,
    });
  }

  private tell(outputs: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

/** A parameter, not a setting: CloudFormation remembers it, so that later deployments, and the deletion, needn't name it. */
function askImageTag(scope: Construct): string {
  return new CfnParameter(scope, 'ImageTag', {
    description: `Tag of the image in ${REPOSITORY_NAME} that runs`,
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
    allowedPattern: '^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$',
  }).valueAsString;
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html#async-inference-monitor-logs names the group. */
function createLogGroup(scope: Construct, endpointName: string): LogGroup {
  return new LogGroup(scope, 'Logs', {
    logGroupName: `/aws/sagemaker/Endpoints/${endpointName}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
