import type { Task } from '../task.ts';
import { RankingState } from './ranking-state.ts';
import type { RankingSettings } from './settings.ts';

export { DEFAULT_RANKING_SETTINGS, type RankingSettings } from './settings.ts';

/**
 * Rankings against what was relevant, at one or several depths k: precision@k, recall@k, hitRate@k, ndcg@k, map@k and mrr@k as means
 * over queries (`query-quality.ts` has the formulas); coverage@k, novelty@k, diversity@k, gini@k and popularityBias@k over items
 * (`item-quality.ts`).
 */
export const rankingTask: Task<RankingSettings> = {
  name: 'ranking',
  columns: [
    {
      name: 'queryId',
      isRequired: false,
      description: 'Whose ranking it is; each row counts as a query of its own, with or without it.',
      aliases: ['query', 'qid', 'user', 'userid', 'session', 'sessionid'],
    },
    {
      name: 'relevant',
      isRequired: true,
      description: 'Ids that would have been right, or an object of gains by id; in CSV as JSON or with | between ids.',
      aliases: ['truth', 'actual', 'ytrue', 'positives', 'groundtruth', 'targets'],
    },
    {
      name: 'ranked',
      isRequired: true,
      description: 'Ids as they were recommended, the best first; in CSV as JSON or with | between ids.',
      aliases: ['ranking', 'recommended', 'recommendations', 'predicted', 'predictions', 'ypred'],
    },
  ],
  start: (settings, size) => new RankingState(settings, size),
  restore: (settings, size, saved) => new RankingState(settings, size, saved),
};
