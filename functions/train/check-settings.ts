import type { FieldError, Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { TrainRequest } from './contract-request.ts';
import { type Algorithm, familyOf, type Hyperparameter } from './families.ts';
import { FAMILY_BY_TASK } from './round-request.ts';

type Hyperparameters = Algorithm['hyperparameters'];
type Space = NonNullable<TrainRequest['search']>['space'][string];

/** The epochs of every algorithm that has some: what halving sets. */
const EPOCHS = 'epochs';
const AUTO = 'auto';

/**
 * Checks algorithm, hyperparameters, loss, regularisation, early stopping and search space as the endpoint would, before anything runs: all
 * mistakes at once, each with what is allowed. Settings of `auto` are its candidate's.
 */
export function checkSettings(request: TrainRequest): Outcome<undefined> {
  const { auto, algorithms } = familyOf(FAMILY_BY_TASK[request.task].family);
  const name = request.algorithm === AUTO ? auto.candidate : request.algorithm;
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
  if (!algorithm) {
    const allowed = [AUTO, ...Object.keys(algorithms)].join(', ');
    return refuse([{ pointer: 'algorithm', message: `is unknown for ${request.task}; allowed: ${allowed}` }]);
  }
  const given = givenSettings(request);
  const errors = [
    ...given.flatMap((setting) => settingErrors(name, algorithm.hyperparameters, setting)),
    ...givenTwice(given),
    ...searchErrors(name, algorithm, request.search),
  ];
  return errors.length === 0 ? ok(undefined) : refuse(errors);
}

/** A setting and where the request has it. */
interface Given {
  readonly pointer: string;
  readonly name: string;
  readonly value: unknown;
}

/** Loss, regularisation and early stopping are the same as hyperparameters: infra/trainer/ENDPOINT.md. */
function givenSettings(request: TrainRequest): Given[] {
  return (['hyperparameters', 'loss', 'regularisation', 'earlyStopping'] as const).flatMap((member) =>
    Object.entries(request[member] ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({
        pointer: `${member}.${key}`,
        name: member === 'loss' && key === 'name' ? 'loss' : key,
        value,
      })),
  );
}

function settingErrors(algorithm: string, known: Hyperparameters, { pointer, name, value }: Given): FieldError[] {
  const hyperparameter = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!hyperparameter) {
    const allowed = Object.keys(known).join(', ');
    return [{ pointer, message: `is no hyperparameter of ${algorithm}; allowed: ${allowed}` }];
  }
  const problem = problemOf(hyperparameter, value);
  return problem === null ? [] : [{ pointer, message: problem }];
}

function givenTwice(given: readonly Given[]): FieldError[] {
  return given.flatMap(({ pointer, name, value }, place) => {
    const first = given.slice(0, place).find((other) => other.name === name);
    return first && first.value !== value
      ? [{ pointer, message: `is also given as ${first.pointer}, differently` }]
      : [];
  });
}

function searchErrors(name: string, algorithm: Algorithm, search: TrainRequest['search']): FieldError[] {
  if (!search) return [];
  const known = algorithm.hyperparameters;
  const errors = Object.entries(search.space).flatMap(([key, space]) => spaceErrors(name, known, key, space));
  if (search.method !== 'halving') return errors;
  if (!algorithm.halving)
    errors.push({ pointer: 'search.method', message: `${name} has no epochs to halve; allowed: random` });
  if (Object.hasOwn(search.space, EPOCHS))
    errors.push({ pointer: `search.space.${EPOCHS}`, message: 'is what halving sets' });
  return errors;
}

function spaceErrors(algorithm: string, known: Hyperparameters, name: string, space: Space): FieldError[] {
  const pointer = `search.space.${name}`;
  const hyperparameter = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!hyperparameter?.searchable) {
    const allowed = Object.keys(known).filter((key) => known[key]?.searchable);
    return [{ pointer, message: `can’t be searched for ${algorithm}; allowed: ${allowed.join(', ')}` }];
  }
  const values = 'choices' in space ? space.choices : [space.low, space.high];
  const problem = values.map((value) => problemOf(hyperparameter, value)).find((found) => found !== null);
  const message = problem ?? rangeProblem(hyperparameter, space);
  return message === null ? [] : [{ pointer, message }];
}

function rangeProblem({ type, choices = [] }: Hyperparameter, space: Space): string | null {
  if ('choices' in space) return null;
  if (type === 'choice' || type === 'boolean') return `has no range; give choices: ${choices.join(', ')}`;
  if (space.low >= space.high) return 'low must be below high';
  return space.log && space.low <= 0 ? 'a logarithmic range must be above 0' : null;
}

/** What is wrong with a value, if anything. */
function problemOf({ type, choices = [], low, high }: Hyperparameter, value: unknown): string | null {
  if (type === 'choice')
    return choices.some((choice) => choice === value) ? null : `must be one of ${choices.join(', ')}`;
  if (type === 'boolean') return typeof value === 'boolean' ? null : 'must be true or false';
  if (typeof value !== 'number') return 'must be a number';
  if (type === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
  if ((low !== undefined && value < low) || (high !== undefined && value > high))
    return `must be from ${low} to ${high}`;
  return null;
}

const MAX_ERRORS = 50;

function refuse(errors: readonly FieldError[]): Outcome<never> {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  const detail = `${first?.pointer}: ${first?.message}${more}`;
  return fail({ kind: 'invalid-request', detail, errors: errors.slice(0, MAX_ERRORS) });
}
