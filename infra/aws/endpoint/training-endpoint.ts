import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import type { Topics } from './notifications.ts';
import { FOLDERS } from './staging-bucket.ts';

export interface TrainingEndpointOptions {
  readonly endpointName: string;
  readonly instanceType: string;
  readonly imageUri: string;
  readonly role: IRole;
  readonly staging: Bucket;
  readonly topics: Topics;
  readonly logs: ILogGroup;
}

export const VARIANT_NAME = 'trainer';

/**
 * The image's CUDA 13.0 wants NVIDIA's driver 580, which of the machine images of SageMaker this one has; without it a container on these
 * cards may not start: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
const GPU_MACHINE_IMAGE = 'al2023-ami-sagemaker-inference-gpu-4-1';
const GPU_INSTANCE = /^ml\.[gp]\d/;

/** Loading PyTorch and CUDA is the longest part of a start. SageMaker gives up after it; it takes 60 to 3,600. */
const START_SECONDS = 600;

/** The container behind SageMaker's asynchronous inference: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint.html */
export function createTrainingEndpoint(scope: Construct, options: TrainingEndpointOptions): CfnEndpoint {
  const { endpointName, role, staging, topics } = options;
  const model = new CfnModel(scope, 'Model', {
    executionRoleArn: role.roleArn,
    primaryContainer: { image: options.imageUri },
    // Rounds fetch data and store packs by presigned addresses.
    enableNetworkIsolation: false,
  });
  const config = new CfnEndpointConfig(scope, 'Config', {
    productionVariants: [variant(model, options.instanceType)],
    asyncInferenceConfig: {
      // The container answers 503 to a second round while one runs.
      clientConfig: { maxConcurrentInvocationsPerInstance: 1 },
      outputConfig: {
        s3OutputPath: staging.s3UrlForObject(FOLDERS.outputs),
        s3FailurePath: staging.s3UrlForObject(FOLDERS.failures),
        notificationConfig: { successTopic: topics.success.topicArn, errorTopic: topics.error.topicArn },
      },
    },
  });
  const endpoint = new CfnEndpoint(scope, 'Endpoint', {
    endpointName,
    endpointConfigName: config.attrEndpointConfigName,
  });
  // Else SageMaker makes the group itself, whose lines are kept for ever.
  endpoint.node.addDependency(options.logs);
  return endpoint;
}

function variant(model: CfnModel, instanceType: string): CfnEndpointConfig.ProductionVariantProperty {
  return {
    variantName: VARIANT_NAME,
    modelName: model.attrModelName,
    instanceType,
    // An endpoint starts with one instance, which proves that the image runs, and goes to none by itself.
    initialInstanceCount: 1,
    initialVariantWeight: 1,
    containerStartupHealthCheckTimeoutInSeconds: START_SECONDS,
    ...(GPU_INSTANCE.test(instanceType) ? { inferenceAmiVersion: GPU_MACHINE_IMAGE } : {}),
  };
}
