import { type Export, ExportSchema } from '../../../functions/collect/contract.ts';
import { callApi } from './api.ts';
import { type Command, onlyArgument } from './command.ts';

export const usersExportCommand: Command = {
  name: 'users export',
  takes: 'ID',
  summary: "Give out a person's data, as JSON",
  details: 'ID is your own of the customer.',
  options: {},
  async run(call) {
    const path = `/v1/users/${encodeURIComponent(onlyArgument(call, 'ID'))}/export`;
    const whole: Export = ExportSchema.parse(await callApi(call.environment, path));
    for (let { next } = whole; next !== undefined; ) {
      const page = ExportSchema.parse(await callApi(call.environment, `${path}?cursor=${encodeURIComponent(next)}`));
      for (const [family, lines] of Object.entries(page.lines)) whole.lines[family]?.push(...lines);
      next = page.next;
    }
    const { next: _, ...answer } = whole;
    console.log(JSON.stringify(answer, null, 2));
  },
};
