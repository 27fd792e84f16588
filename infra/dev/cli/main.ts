/** Finds the command, parses its arguments, runs it. Exit code 0: done; 1: it failed, with words why; 2: the call was wrong. */
import { parseArgs } from 'node:util';
import { StorageError } from '../../../shared/ports/blob-store.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { armsDeleteCommand } from './arms-delete.ts';
import { armsListCommand } from './arms-list.ts';
import { armsSetCommand } from './arms-set.ts';
import { armsShowCommand } from './arms-show.ts';
import { classifyCommand } from './classify.ts';
import { type Command, type CommandCall, UsageError } from './command.ts';
import { datasetCreateCommand } from './dataset-create.ts';
import { datasetListCommand } from './dataset-list.ts';
import { datasetShowCommand } from './dataset-show.ts';
import { evaluateCommand } from './evaluate.ts';
import { eventsCommand } from './events.ts';
import { commandHelp, overview } from './help.ts';
import { importCommand } from './import-file.ts';
import { keyCreateCommand } from './key-create.ts';
import { keyRevokeCommand } from './key-revoke.ts';
import { modelsChooseCommand } from './models-choose.ts';
import { modelsHistoryCommand } from './models-history.ts';
import { modelsListCommand } from './models-list.ts';
import { modelsPromoteCommand } from './models-promote.ts';
import { modelsRollbackCommand } from './models-rollback.ts';
import { modelsShowCommand } from './models-show.ts';
import { packImportCommand } from './pack-import.ts';
import { packVerifyCommand } from './pack-verify.ts';
import { policySetCommand } from './policy-set.ts';
import { policyShowCommand } from './policy-show.ts';
import { powerCommand } from './power.ts';
import { rebuildCommand } from './rebuild.ts';
import { recommendCommand } from './recommend.ts';
import { tagCommand } from './tag.ts';
import { trainCancelCommand } from './train-cancel.ts';
import { trainCurvesCommand } from './train-curves.ts';
import { trainListCommand } from './train-list.ts';
import { trainRetryCommand } from './train-retry.ts';
import { trainShowCommand } from './train-show.ts';
import { trainStartCommand } from './train-start.ts';
import { usersEraseCommand } from './users-erase.ts';
import { usersExportCommand } from './users-export.ts';

const COMMANDS: readonly Command[] = [
  importCommand,
  eventsCommand,
  usersExportCommand,
  usersEraseCommand,
  policyShowCommand,
  policySetCommand,
  classifyCommand,
  tagCommand,
  recommendCommand,
  armsSetCommand,
  armsListCommand,
  armsShowCommand,
  armsDeleteCommand,
  datasetCreateCommand,
  datasetShowCommand,
  datasetListCommand,
  evaluateCommand,
  powerCommand,
  rebuildCommand,
  trainStartCommand,
  trainListCommand,
  trainShowCommand,
  trainCurvesCommand,
  trainCancelCommand,
  trainRetryCommand,
  modelsListCommand,
  modelsShowCommand,
  modelsChooseCommand,
  modelsPromoteCommand,
  modelsRollbackCommand,
  modelsHistoryCommand,
  packImportCommand,
  packVerifyCommand,
  keyCreateCommand,
  keyRevokeCommand,
];

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => args.slice(0, name.split(' ').length).join(' ') === name);
  if (!command) return explainMissing(args);
  const rest = args.slice(command.name.split(' ').length);
  try {
    if (rest.includes('--help') || rest.includes('-h')) console.log(commandHelp(command));
    else await command.run(parseCall(command, rest));
    return 0;
  } catch (error) {
    return explain(error, command);
  }
}

function parseCall(command: Command, args: readonly string[]): CommandCall {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { positionals, values: values as CommandCall['values'], environment: process.env };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function explainMissing(args: readonly string[]): number {
  const asked = args.length === 0 || args.includes('--help') || args.includes('-h') || args[0] === 'help';
  if (asked) console.log(overview(COMMANDS));
  else console.error(`edgemark: there is no command "${args.slice(0, 2).join(' ')}".\n\n${overview(COMMANDS)}`);
  return asked ? 0 : 2;
}

function describeCause(error: StorageError): string {
  return error.cause instanceof Error ? error.cause.message || error.cause.name : String(error.cause);
}

function explain(error: unknown, command: Command): number {
  if (error instanceof UsageError) {
    console.error(`edgemark: ${error.message}\n\n${commandHelp(command)}`);
    return 2;
  }
  if (error instanceof DevError) console.error(`edgemark: ${error.message}\n  ${error.remedy}`);
  else if (error instanceof StorageError)
    console.error(`edgemark: ${error.message}: ${describeCause(error)}\n  Check address, bucket and credentials.`);
  else console.error(error);
  return 1;
}
