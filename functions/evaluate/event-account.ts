import type { Table } from '../../shared/metrics/evaluation.ts';
import type { EventPlan } from './event-plan.ts';
import type { GatheredEvents } from './gather-events.ts';
import type { Result } from './show.ts';

/** Above this share of the customers who were shown an arm, the definition was likely another one for a part of the window. */
const OTHERS_SHARE = 0.01;
/** Above this share, conversions that are nobody's could change the picture. */
const NOBODYS_SHARE = 0.1;

/** The result with what it was made from, and with what the reader should know of that. */
export function withAccount(result: Result, plan: EventPlan, gathered: GatheredEvents): Result {
  const { evaluation } = result;
  return {
    ...result,
    evaluation: {
      ...evaluation,
      tables: { ...evaluation.tables, events: eventTable(gathered) },
      warnings: [...evaluation.warnings, ...warningsOf(plan, gathered)],
    },
  };
}

function eventTable({ counts, account }: GatheredEvents): Table {
  const { customers } = account;
  return {
    title: 'What the figures were made from',
    columns: ['what', 'count'],
    rows: [
      ['events read', counts.events],
      ['events in the window, repeated ones included', counts.inWindow],
      ['of them of erased customers, which do not count', counts.ofErased],
      ['of them without a customer', counts.withoutUser],
      ...(customers === null
        ? []
        : [
            ['customers with an arm', customers.customers],
            ['customers in several arms, left out', customers.inSeveralArms],
            ['conversions that count', customers.conversions],
            ['conversions told again', customers.repeatedConversions],
          ]),
      ['parts read', counts.parts],
      ['parts that are damaged', counts.damagedParts],
      ['lines that are no event', counts.badLines],
    ],
  };
}

function warningsOf(plan: EventPlan, { counts, account }: GatheredEvents): string[] {
  const { customers, level, lacksImpressions } = account;
  const { window } = plan.events;
  const warnings: string[] = [];
  if (counts.damagedParts + counts.badLines > 0)
    warnings.push(`${counts.damagedParts} parts of events are damaged and ${counts.badLines} lines are no event.`);
  if (Date.parse(window.to) > Date.parse(plan.asOf))
    warnings.push(`The window is not over: events count that arrived until ${plan.asOf}.`);
  if (counts.withoutUser > NOBODYS_SHARE * counts.inWindow && customers !== null)
    warnings.push(`${counts.withoutUser} of ${counts.inWindow} events are nobody's (guests) and are in no arm.`);
  if (level > 0)
    warnings.push(`There are more customers than fit: the figures are those of an even sample of 1 in ${2 ** level}.`);
  if (customers === null) return warnings;
  if (customers.inSeveralArms > 0)
    warnings.push(
      `${customers.inSeveralArms} of ${customers.customers} customers were shown several arms and are left out; where one arm loses more of them than another, the comparison is not fair.`,
    );
  if (lacksImpressions)
    warnings.push(
      'No impressions were collected: customers are counted from their clicks on, so that an arm that is clicked more has other customers. Collect impressions, or take arms by experiment.',
    );
  if (customers.conversionsWithoutValue > 0)
    warnings.push(
      `${customers.conversionsWithoutValue} of ${customers.conversions} conversions have no value and count as 0 in revenue.`,
    );
  if (customers.shownOther > OTHERS_SHARE * customers.shown)
    warnings.push(
      `${customers.shownOther} of ${customers.shown} customers who were shown an arm were shown another one than the definition gives them: its weights or salt changed within the window, or guests became customers.`,
    );
  return warnings;
}
