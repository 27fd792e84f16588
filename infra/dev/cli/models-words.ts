import type { Moved, PromoteRequest } from '../../../functions/models/contract-aliases.ts';
import { type CommandCall, type Option, textOption, UsageError } from './command.ts';

/** What every move of an alias says. */
export const MOVE_OPTIONS: Readonly<Record<string, Option>> = {
  reason: { type: 'string', value: 'WHY', help: 'the history keeps it' },
  'approved-by': { type: 'string', value: 'NAME', help: 'the person who answers for it' },
  alias: { type: 'string', value: 'ALIAS', help: 'default production' },
  json: { type: 'boolean', help: 'the answer as it comes' },
};

/** `otherwise` is the reason where none is given. */
export function moveSaid(
  call: CommandCall,
  otherwise?: string,
): Pick<PromoteRequest, 'alias' | 'reason' | 'approvedBy'> {
  const reason = textOption(call, 'reason') ?? otherwise;
  if (reason === undefined) throw new UsageError('--reason is missing');
  const approvedBy = textOption(call, 'approved-by');
  const alias = textOption(call, 'alias') ?? 'production';
  return { alias, reason, ...(approvedBy === undefined ? {} : { approvedBy }) };
}

/** A move in words: what, when, who, why, and on what evidence. */
export function moveLines(move: Omit<Moved, 'requestId'>): string[] {
  const { name, alias, from, to, at, by, reason, approvedBy, evidence, forced } = move;
  return [
    `${name}@${alias}: ${from ?? 'nothing of your own'} → ${to}`,
    `  ${at} by ${by}${approvedBy === undefined ? '' : `, approved by ${approvedBy}`}: ${reason}`,
    ...(evidence ? [`  evaluation ${evidence.evaluation}: ${evidence.gates?.summary ?? 'without gates'}`] : []),
    ...(evidence?.summary ?? []).map((sentence) => `  ${sentence}`),
    ...(forced === undefined ? [] : [`  forced: ${forced}`]),
  ];
}
