import { type Arm, ArmSettingsSchema } from '../../../shared/customer/arms.ts';
import { UsageError } from './command.ts';

/**
 * The arms that `NAME=MODEL:WEIGHT` and `NAME={…}` say. Without a weight it is 1; an arm without settings of its own keeps those that it
 * has in `present`. What a name or a model may be, the function tells.
 */
export function parseArms(texts: readonly string[], settingsTexts: readonly string[], present: readonly Arm[]): Arm[] {
  const settings = new Map(settingsTexts.map(parseSettings));
  const arms = texts.map((text): Arm => {
    const match = /^([^=]+)=([^:]+)(?::(.+))?$/.exec(text);
    const [, name, model, weight = '1'] = match ?? [];
    if (name === undefined || model === undefined) throw new UsageError(`--arm takes NAME=MODEL:WEIGHT, not "${text}"`);
    if (!/^\d+(\.\d+)?$/.test(weight)) throw new UsageError(`the weight of "${text}" is not a number from 0`);
    const before = present.find((arm) => arm.name === name);
    return { name, weight: Number(weight), model, settings: settings.get(name) ?? before?.settings ?? {} };
  });
  const unknown = [...settings.keys()].find((name) => !arms.some((arm) => arm.name === name));
  if (unknown !== undefined) throw new UsageError(`--settings names "${unknown}", which is no --arm`);
  return arms;
}

function parseSettings(text: string): [string, Arm['settings']] {
  const [, name, json] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || json === undefined) throw new UsageError(`--settings takes NAME={…}, not "${text}"`);
  const parsed = ArmSettingsSchema.safeParse(readJson(json));
  if (parsed.success) return [name, parsed.data];
  const issue = parsed.error.issues[0];
  throw new UsageError(
    `the settings of ${name} can't be taken: ${[...(issue?.path ?? []), issue?.message].join(': ')}`,
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
