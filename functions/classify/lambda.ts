import { createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createJoinedScorer, yieldTurnByBody } from '../../shared/model/joined-scorer.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import { createApp } from './app.ts';

const engine = await createNodeOnnxEngine();
const { http, store, clock, onRefreshFailed, background } = createPlatform(process.env);

export const handler = createLambdaHandler(
  createApp({
    ...http,
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadTextModel),
    // An instance of Lambda has one request at a time: nobody to join.
    scorer: createJoinedScorer({ isBusy: () => false, yieldTurn: yieldTurnByBody }),
  }),
  background,
);
