import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { DatasetPartSchema, DatasetVersionSchema } from '../../shared/dataset/dataset-manifest.ts';
import type { BlobStore, PutCondition } from '../../shared/ports/blob-store.ts';
import { ENCODINGS } from './decode-text.ts';
import type { PrepareDeps } from './deps.ts';
import { type BuildPlace, buildPrefix } from './plan.ts';
import { TallySchema } from './tally.ts';

const DecodingSchema = z.object({
  encoding: z.enum([...ENCODINGS, 'ascii']),
  tail: z.array(z.int()),
  replaced: z.int(),
});
const ReaderSchema = z.object({
  format: z.enum(['csv', 'ndjson']),
  columns: z.array(z.string()).nullable(),
  delimiter: z.string().nullable(),
  hasPlainTabs: z.boolean().optional(),
  carry: z.string(),
  line: z.int(),
});

/** `tenants/{tenant}/preparations/{name}/{id}/state.json`, schema version 1: how far a build is. */
const StateSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  step: z.enum(['scan', 'decide', 'write', 'finish']),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** How often ticks queued it again since it last got further. */
  requeued: z.int(),
  /** Of the scan: of an upload the place in the file, of collected lines the part that is next. */
  position: z.object({
    offset: z.int(),
    decoding: DecodingSchema.nullable(),
    reader: ReaderSchema.nullable(),
    part: z.int(),
    line: z.int(),
  }),
  /** Chunks of staged rows, with the digest of their lines. */
  chunks: z.array(z.object({ rows: z.int(), sha256: z.string() })),
  /** In order of their first appearance. */
  labels: z.array(z.string()),
  /** Columns of the staged rows beside those of the kind, in order of their first appearance. */
  columns: z.array(z.string()),
  read: z.int(),
  dropped: TallySchema,
  changed: TallySchema,
  /** From the decision on. */
  version: DatasetVersionSchema.optional(),
  contentSha256: z.string().optional(),
  previous: DatasetVersionSchema.nullable().optional(),
  isNew: z.boolean().optional(),
  /** Of the writing: the chunk that is next, and the parts that were written. */
  nextChunk: z.int(),
  parts: z.object({
    train: z.array(DatasetPartSchema),
    validation: z.array(DatasetPartSchema),
    test: z.array(DatasetPartSchema),
  }),
  reason: z.string().optional(),
});

export type BuildState = Omit<z.infer<typeof StateSchema>, 'schemaVersion' | 'revision'>;

export interface ReadState {
  readonly state: BuildState;
  readonly condition: PutCondition;
}

export function newState(createdAt: string): BuildState {
  return {
    status: 'running',
    step: 'scan',
    createdAt,
    updatedAt: createdAt,
    requeued: 0,
    position: { offset: 0, decoding: null, reader: null, part: 0, line: 1 },
    chunks: [],
    labels: [],
    columns: [],
    read: 0,
    dropped: {},
    changed: {},
    nextChunk: 0,
    parts: { train: [], validation: [], test: [] },
  };
}

export async function readState(store: BlobStore, place: BuildPlace): Promise<ReadState | null> {
  const found = await store.get(stateKey(place));
  if (found.kind === 'missing') return null;
  const { schemaVersion: _, revision: __, ...state } = StateSchema.parse(fromJsonBytes(await found.bytes()));
  return { state, condition: { ifMatch: found.etag } };
}

/** Tries of a write that storage puts off. */
const MAX_WRITES = 5;

/** The condition of the next write; null where somebody else was first. Waits where storage takes no more writes for now. */
export async function writeState(
  deps: Pick<PrepareDeps, 'store' | 'clock' | 'newId'>,
  place: BuildPlace,
  state: BuildState,
  condition: PutCondition,
): Promise<PutCondition | null> {
  const revision = deps.newId();
  const body = toJsonBytes({ schemaVersion: 1, revision, ...state });
  for (let attempt = 1; ; attempt++) {
    const written = await deps.store.put(stateKey(place), body, condition);
    if (written.kind === 'written') return { ifMatch: written.etag };
    if (written.kind === 'conflict') return findOwn(deps.store, place, revision);
    if (attempt === MAX_WRITES) throw new Error('storage takes no more writes of the state of a build');
    await deps.clock.sleep(written.retryAfterSeconds * 1000);
  }
}

/** A write whose answer was lost, and that was tried again, meets itself. */
async function findOwn(store: BlobStore, place: BuildPlace, revision: string): Promise<PutCondition | null> {
  const found = await store.get(stateKey(place));
  if (found.kind === 'missing') return null;
  const content = StateSchema.parse(fromJsonBytes(await found.bytes()));
  return content.revision === revision ? { ifMatch: found.etag } : null;
}

export function stateKey(place: BuildPlace): string {
  return `${buildPrefix(place)}state.json`;
}
