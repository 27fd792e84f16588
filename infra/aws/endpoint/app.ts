/** The CDK app: the repository of the container's images, and the endpoint that runs one of them. See README.md. */
import { App } from 'aws-cdk-lib';
import { EndpointStack } from './endpoint-stack.ts';
import { ImagesStack } from './images-stack.ts';
import { readSettings } from './settings.ts';

const app = new App();
new ImagesStack(app, 'EdgemarkTrainerImages');
new EndpointStack(
  app,
  'EdgemarkTraining',
  readSettings((name) => app.node.tryGetContext(name)),
);
