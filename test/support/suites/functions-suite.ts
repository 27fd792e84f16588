import { beforeAll, describe } from 'vitest';
import type { TestServer } from '../test-server.ts';
import { describeAccess } from './access-suite.ts';
import { describeArms } from './arms-suite.ts';
import { describeBadInput } from './bad-input-suite.ts';
import { describeBrokenPacks } from './broken-packs-suite.ts';
import { describeClassify } from './classify-suite.ts';
import { describeCollect } from './collect-suite.ts';
import { describeEvaluate } from './evaluate-suite.ts';
import { describeGateway } from './gateway-suite.ts';
import { describeHuggingFace } from './hugging-face-suite.ts';
import { describeImports } from './imports-suite.ts';
import { describeInfer } from './infer-suite.ts';
import { describeLoop } from './loop-suite.ts';
import { describeModels } from './models-suite.ts';
import { describePolicy } from './policy-suite.ts';
import { describePrepare } from './prepare-suite.ts';
import { describePrivacy } from './privacy-suite.ts';
import { describeRecommendBadInput } from './recommend-bad-input-suite.ts';
import { describeRecommendSiblings } from './recommend-siblings-suite.ts';
import { describeRecommend } from './recommend-suite.ts';
import { describeTagBadInput } from './tag-bad-input-suite.ts';
import { describeTag } from './tag-suite.ts';

/** What all functions must answer alike on every platform. */
export function describeFunctions(platform: string, startServer: () => Promise<TestServer>): void {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  const useServer = () => server;
  describe(`${platform}: gateway`, () => describeGateway(useServer));
  describe(`${platform}: classify`, () => describeClassify(useServer));
  describe(`${platform}: Hugging Face shape`, () => describeHuggingFace(useServer));
  describe(`${platform}: tag`, () => describeTag(useServer));
  describe(`${platform}: tag, bad input`, () => describeTagBadInput(useServer));
  describe(`${platform}: recommend`, () => describeRecommend(useServer));
  describe(`${platform}: recommend, its siblings`, () => describeRecommendSiblings(useServer));
  describe(`${platform}: recommend, bad input`, () => describeRecommendBadInput(useServer));
  describe(`${platform}: A/B definitions`, () => describeArms(useServer));
  describe(`${platform}: models`, () => describeModels(useServer));
  describe(`${platform}: infer`, () => describeInfer(useServer));
  describe(`${platform}: collect`, () => describeCollect(useServer));
  describe(`${platform}: privacy`, () => describePrivacy(useServer));
  describe(`${platform}: policy`, () => describePolicy(useServer));
  describe(`${platform}: imports`, () => describeImports(useServer));
  describe(`${platform}: evaluate`, () => describeEvaluate(useServer));
  describe(`${platform}: prepare`, () => describePrepare(useServer));
  describe(`${platform}: from events to recommendations`, () => describeLoop(useServer));
  describe(`${platform}: access`, () => describeAccess(useServer));
  describe(`${platform}: bad input`, () => describeBadInput(useServer));
  describe(`${platform}: broken packs`, () => describeBrokenPacks(useServer));
}
