import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { type Arm, chooseArm } from '../../shared/customer/arms.ts';
import type { ArmsReader } from '../../shared/customer/arms-reader.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { ModelNameSchema } from '../../shared/model/manifest.ts';
import { DEFAULT_MODEL } from './contract.ts';

/** Which pack answers, and by which arm of an experiment. */
export interface ChosenModel {
  readonly model: string;
  readonly arm: Arm | null;
}

/**
 * What `model` means: an A/B definition of that name before a pack of it. A user's arm stays; where no user is named, each request
 * is one.
 */
export async function chooseModel(
  arms: ArmsReader,
  model: string | undefined,
  pseudonym: string | null,
  caller: Caller,
): Promise<Outcome<ChosenModel>> {
  const name = model ?? DEFAULT_MODEL;
  // With a version or an alias it is a pack; what cannot be a name is told by the look-up of the pack.
  if (!ModelNameSchema.safeParse(name).success) return ok({ model: name, arm: null });
  const document = await arms.read(caller.tenant, name, caller.defer);
  if (!document.ok) return document;
  if (document.value === null) return ok({ model: name, arm: null });
  const arm = chooseArm(document.value, pseudonym ?? caller.requestId);
  return ok({ model: arm.model, arm });
}
