import { chooseArm, type Division } from '../../shared/customer/arms.ts';
import type { ReadEvent } from '../../shared/customer/event-parts.ts';
import { parseRecommendationId } from '../../shared/customer/recommendation-id.ts';
import type { EventArms } from './contract-events.ts';

/** Types that say what a customer was shown. */
export const EXPOSURES = ['impression', 'click', 'view'];
/** Characters of an arm's name. */
const MAX_NAME = 200;

/** Says which arm an event puts its customer into. */
export interface ArmReader {
  /** `null` where the event says nothing of it. */
  armOf(event: ReadEvent & { readonly user: string }): string | null;
  /** Whether the event shows the customer another arm than its own; `null` where it shows none. */
  isOther(event: ReadEvent & { readonly user: string }): boolean | null;
}

/** `division` is that of the experiment, where arms are its. */
export function createArmReader(
  arms: EventArms,
  division: Division | null,
  exposure: readonly string[] = EXPOSURES,
): ArmReader {
  const isExposure = (type: string) => exposure.includes(type);
  if (arms.by === 'experiment') return ofExperiment(division as Division);
  if (arms.by === 'property')
    return {
      armOf: ({ type, properties }) => (isExposure(type) ? nameOf(properties?.[arms.name]) : null),
      isOther: () => null,
    };
  return {
    armOf: ({ type, recommendationId }) =>
      isExposure(type) && recommendationId !== undefined ? originOf(recommendationId, arms.versions) : null,
    isOther: () => null,
  };
}

/** Intention to treat: whoever did anything is in the arm that the definition says, shown or not. */
function ofExperiment(division: Division): ArmReader {
  const names = new Set(division.arms.map(({ name }) => name));
  const armOf = ({ user }: { readonly user: string }) => chooseArm(division, user).name;
  return {
    armOf,
    isOther(event) {
      const shown = event.recommendationId === undefined ? null : parseRecommendationId(event.recommendationId);
      if (shown?.arm === undefined || !names.has(shown.arm)) return null;
      return shown.arm !== armOf(event);
    },
  };
}

/** The arm of a recommendation, or else its model; null where the id is not one of ours. */
export function originOf(recommendationId: string, versions: boolean): string | null {
  const parsed = parseRecommendationId(recommendationId);
  if (parsed === null) return null;
  return parsed.arm ?? (versions ? `${parsed.model}@${parsed.version}` : parsed.model);
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value.slice(0, MAX_NAME);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
