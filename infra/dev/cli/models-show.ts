import { ModelDetailSchema } from '../../../functions/models/contract.ts';
import type { Metric } from '../../../shared/model/manifest.ts';
import { callApi } from './api.ts';
import { type Command, isSet, onlyArgument } from './command.ts';

export const modelsShowCommand: Command = {
  name: 'models show',
  takes: 'NAME',
  summary: 'Show one model: what it is, how good, which aliases',
  options: { json: { type: 'boolean', help: 'the answer as it comes, with manifest and card' } },
  async run(call) {
    const name = onlyArgument(call, 'NAME');
    const answer = ModelDetailSchema.parse(await callApi(call.environment, `/v1/models/${encodeURIComponent(name)}`));
    if (isSet(call, 'json')) return console.log(JSON.stringify(answer, null, 2));
    const { manifest } = answer;
    console.log(`${manifest.name}@${manifest.version}  ${manifest.title ?? ''}\n${manifest.description ?? ''}\n`);
    const aliases = Object.entries(answer.aliases).map(([alias, version]) => `${alias} → ${version}`);
    console.log(
      `task      ${manifest.task}\nversions  ${answer.versions.join(', ')}\naliases   ${aliases.join(', ') || 'none'}`,
    );
    if (manifest.labels) console.log(`labels    ${shorten(manifest.labels)}`);
    if (manifest.licence) console.log(`licence   ${manifest.licence}`);
    if (manifest.metrics.length > 0) console.log(`\n${manifest.metrics.map(metricLine).join('\n')}`);
  },
};

function metricLine(metric: Metric): string {
  const interval = metric.interval ? ` [${metric.interval.map((bound) => bound.toFixed(3)).join(', ')}]` : '';
  return `${metric.name} ${metric.value.toFixed(3)}${interval}  ${metric.dataset}${metric.split ? ` ${metric.split}` : ''}`;
}

function shorten(labels: readonly string[]): string {
  return labels.length <= 12 ? labels.join(', ') : `${labels.slice(0, 12).join(', ')} … (${labels.length})`;
}
