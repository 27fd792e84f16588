import { Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Topics } from './notifications.ts';
import { FOLDERS } from './staging-bucket.ts';

export interface ExecutionRoleOptions {
  readonly staging: Bucket;
  readonly images: IRepository;
  readonly topics: Topics;
  readonly logs: ILogGroup;
}

/** Instances' CPU, memory and GPU: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html */
const INSTANCE_METRICS = '/aws/sagemaker/Endpoints';

/**
 * As what SageMaker runs the endpoint. The container itself reaches data by the presigned addresses of a request alone and needs none of
 * this. Which actions it takes, each narrowed to what is meant here:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms and, for S3 and SNS,
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
 */
export function createExecutionRole(scope: Construct, options: ExecutionRoleOptions): Role {
  return new Role(scope, 'Execution', {
    description: 'SageMaker: runs the training endpoint of Edgemark',
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', { conditions: forThisAccount(Stack.of(scope)) }),
    // Inline: the endpoint is created as soon as the role is, and must find it whole.
    inlinePolicies: {
      storage: document(storageStatements(options.staging)),
      image: document(imageStatements(options.images)),
      telling: document(tellingStatements(options)),
    },
  });
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html */
function forThisAccount({ partition, region, account }: Stack) {
  return { ArnLike: { 'aws:SourceArn': `arn:${partition}:sagemaker:${region}:${account}:*` } };
}

function storageStatements(staging: Bucket): PolicyStatement[] {
  const answers = [FOLDERS.outputs, FOLDERS.failures].map((folder) => staging.arnForObjects(`${folder}/*`));
  return [
    allow('ReadRequests', ['s3:GetObject'], [staging.arnForObjects(`${FOLDERS.requests}/*`)]),
    allow('WriteAnswers', ['s3:PutObject', 's3:AbortMultipartUpload'], answers),
    allow('SeeWhatIsMissing', ['s3:ListBucket'], [staging.bucketArn]),
  ];
}

function imageStatements(images: IRepository): PolicyStatement[] {
  const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
  return [
    allow('PullImage', pull, [images.repositoryArn]),
    // Of no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*']),
  ];
}

function tellingStatements({ topics, logs }: ExecutionRoleOptions): PolicyStatement[] {
  const write = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];
  return [
    allow('TellOfRounds', ['sns:Publish'], [topics.success.topicArn, topics.error.topicArn]),
    allow('WriteLogs', write, [logs.logGroupArn]),
    // Of no resource either, so narrowed by its condition:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    new PolicyStatement({
      sid: 'CountInstances',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': INSTANCE_METRICS } },
    }),
  ];
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources });
}

function document(statements: PolicyStatement[]): PolicyDocument {
  return new PolicyDocument({ statements });
}
