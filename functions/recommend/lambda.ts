import { createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { parseCustomerEnv } from '../../shared/adapters/aws/customer-env.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { poolRandom } from '../../shared/core/random-pool.ts';
import { createArmsReader } from '../../shared/customer/arms-reader.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadRecommenderModel } from '../../shared/model/recommender-model.ts';
import { createApp } from './app.ts';
import { createAssortments } from './assortment.ts';
import { openPseudonyms } from './pseudonyms.ts';

const engine = await createNodeOnnxEngine();
const { http, store, clock, onRefreshFailed, background } = createPlatform(process.env);

export const handler = createLambdaHandler(
  createApp({
    ...http,
    store,
    pseudonymizer: openPseudonyms(parseCustomerEnv(process.env).PSEUDONYM_SECRET),
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadRecommenderModel),
    assortments: createAssortments(createCatalogueReader(store, clock)),
    arms: createArmsReader(store, clock),
    randomBytes: poolRandom((count) => crypto.getRandomValues(new Uint8Array(count))),
  }),
  background,
);
