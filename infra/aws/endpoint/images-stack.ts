import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';

export const REPOSITORY_NAME = 'edgemark-trainer';

/** An image with PyTorch and CUDA has several gigabytes, and stored gigabytes are billed. */
const KEPT_IMAGES = 5;

/** A stack of its own: an image has to be there before there can be an endpoint, and several endpoints may run the same. */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Edgemark: images of the training container' });
    new Repository(this, 'Images', {
      repositoryName: REPOSITORY_NAME,
      // A tag is one image for ever: what runs can be told from the stack alone.
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: RepositoryEncryption.AES_256,
      lifecycleRules: [{ description: 'only the newest images', maxImageCount: KEPT_IMAGES }],
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    });
  }
}
