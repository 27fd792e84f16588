import { BoundedMap } from '../bounded-map.ts';
import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { joinStates, splitStates } from '../nested-states.ts';
import type { Json, RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { reportDrift } from './drift-report.ts';
import { readDriftRow, type Side } from './drift-row.ts';
import { FeatureState } from './feature-state.ts';
import { type DriftSettings, type FeatureKind, MAX_FEATURES } from './settings.ts';

/** Both samples' counts by feature. */
export class DriftState implements TaskState {
  readonly #settings: DriftSettings;
  readonly #features: BoundedMap<FeatureState>;
  readonly #rows: [reference: number, current: number];
  readonly #take = (side: Side, features: RowRecord) => this.#addSide(side, features);

  constructor(settings: DriftSettings, size: StateSize, saved?: SavedState) {
    this.#settings = settings;
    const start = (name: string | undefined, from?: SavedState) => new FeatureState(kindOf(settings, name), size, from);
    const kind = { make: start, join: joinFeatures };
    if (saved === undefined) {
      this.#rows = [0, 0];
      this.#features = new BoundedMap(MAX_FEATURES, kind);
      return;
    }
    const { fields, arrays } = saved;
    this.#rows = [...(fields['rows'] as [number, number])];
    const names = fields['names'] as readonly string[];
    const states = splitStates(fields['features'] as Json, arrays);
    const kept = names.map((name, i): [string, FeatureState] => [name, start(name, states[i])]);
    const other = states[names.length] && start(undefined, states[names.length]);
    this.#features = new BoundedMap(MAX_FEATURES, kind, { kept, other });
  }

  add(row: RowRecord): string | null {
    return readDriftRow(row, this.#take);
  }

  #addSide(side: Side, row: RowRecord): void {
    this.#rows[side] += 1;
    for (const name of this.#settings.features ?? Object.keys(row)) {
      if (name !== 'sample') this.#features.at(name).add(side, row[name]);
    }
  }

  merge(later: TaskState): void {
    const other = later as DriftState;
    this.#rows[0] += other.#rows[0];
    this.#rows[1] += other.#rows[1];
    this.#features.merge(other.#features);
  }

  save(): SavedState {
    const { kept, other } = this.#features;
    const states = [...kept.map(([, feature]) => feature), ...(other ? [other] : [])].map((feature) => feature.save());
    const { fields, arrays } = joinStates(states);
    return { fields: { rows: this.#rows, names: kept.map(([name]) => name), features: fields }, arrays };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    const { kept, other } = this.#features;
    return reportDrift(
      {
        settings: this.#settings,
        rows: this.#rows,
        features: kept.map(([name, feature]) => ({ name, ...feature.counts() })),
        isIncomplete: other !== undefined,
      },
      intervals,
    );
  }
}

function kindOf({ kinds }: DriftSettings, name: string | undefined): FeatureKind | undefined {
  return name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

function joinFeatures(into: FeatureState, from: FeatureState): void {
  into.merge(from);
}
