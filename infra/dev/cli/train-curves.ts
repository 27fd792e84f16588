import { writeFileSync } from 'node:fs';
import { callForText } from './api.ts';
import { type Command, onlyArgument, textOption } from './command.ts';

export const trainCurvesCommand: Command = {
  name: 'train curves',
  takes: 'ID',
  summary: 'Draw the learning curves of a training job',
  details:
    'Loss and validation metric by epoch, of all runs over all rounds, as SVG. While the job runs: as far as it is.',
  options: { out: { type: 'string', value: 'PATH', help: 'write the picture to this file; default: print it' } },
  async run(call) {
    const id = onlyArgument(call, 'ID');
    const picture = await callForText(call.environment, `/v1/train/${encodeURIComponent(id)}?format=svg`);
    const out = textOption(call, 'out');
    if (out === undefined) return console.log(picture);
    writeFileSync(out, picture);
    console.log(`wrote ${out}`);
  },
};
