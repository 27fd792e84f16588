import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { Registry } from '../../shared/model/registry.ts';
import type { Serving } from '../../shared/model/serving.ts';
import type { TensorModel } from '../../shared/model/tensor-model.ts';
import { useModel } from '../../shared/model/use-model.ts';
import {
  type InferenceSession,
  SessionReleasedError,
  type Tensor,
  type TensorInfo,
} from '../../shared/ports/inference-engine.ts';
import type { Datatype, InferRequest, InferResponse, ModelMetadata } from './contract.ts';
import { formatData, parseTensor, toDatatype } from './tensors.ts';

export interface InferDeps {
  readonly registry: Registry;
  readonly serving: Serving<TensorModel>;
}

/** What the server is. */
export function describeServer(version: string): { name: string; version: string; extensions: string[] } {
  return { name: 'edgemark', version, extensions: [] };
}

/** Names, types and shapes of a model's inputs and outputs; -1 stands for any length. */
export async function describeModel(deps: InferDeps, name: string, caller: Caller): Promise<Outcome<ModelMetadata>> {
  const entry = await deps.registry.describe(caller.tenant, name);
  if (!entry.ok) return entry;
  const model = await deps.serving.acquire(caller.tenant, name, caller.defer);
  if (!model.ok) return model;
  const { inputs, outputs } = model.value.session;
  return ok({
    name,
    versions: [...entry.value.versions],
    platform: 'onnx_onnxv1',
    inputs: inputs.map(describeTensor),
    outputs: outputs.map(describeTensor),
  });
}

/** One run. `model` is a name or `name@version`. */
export async function infer(
  deps: InferDeps,
  model: string,
  request: InferRequest,
  caller: Caller,
): Promise<Outcome<InferResponse>> {
  const used = await useModel(deps.serving, caller, model, (loaded) => runModel(loaded, request, caller.requestId));
  return used.ok ? used.value : used;
}

async function runModel(
  { manifest, session }: TensorModel,
  request: InferRequest,
  requestId: string,
): Promise<Outcome<InferResponse>> {
  const feeds = readFeeds(request, session);
  if (!feeds.ok) return feeds;
  const names = request.outputs?.map((output) => output.name) ?? session.outputs.map((output) => output.name);
  const known = new Set(session.outputs.map((output) => output.name));
  const unknown = names.findIndex((name) => !known.has(name));
  if (unknown >= 0) return invalidField(`outputs[${unknown}].name`, `the model has no output "${names[unknown]}"`);
  const results = await runSafely(session, feeds.value, names);
  if (!results.ok) return results;
  return ok({
    model_name: manifest.name,
    model_version: manifest.version,
    id: request.id ?? requestId,
    outputs: names.map((name) => {
      const tensor = results.value[name] as Tensor;
      return {
        name,
        shape: [...tensor.shape],
        datatype: toDatatype(tensor.type) as Datatype,
        data: formatData(tensor),
      };
    }),
  });
}

function readFeeds(request: InferRequest, session: InferenceSession): Outcome<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {};
  for (const [index, input] of request.inputs.entries()) {
    const pointer = `inputs[${index}]`;
    const expected = session.inputs.find((candidate) => candidate.name === input.name);
    if (!expected) return invalidField(`${pointer}.name`, `the model has no input "${input.name}"`);
    if (toDatatype(expected.type) !== input.datatype) {
      return invalidField(`${pointer}.datatype`, `must be ${toDatatype(expected.type)}`);
    }
    const misfit = findShapeMisfit(input.shape, expected);
    if (misfit !== null) return invalidField(`${pointer}.shape`, misfit);
    const tensor = parseTensor(input, pointer);
    if (!tensor.ok) return tensor;
    feeds[input.name] = tensor.value;
  }
  const missing = session.inputs.find((input) => !(input.name in feeds));
  return missing ? invalidField('inputs', `the input "${missing.name}" is missing`) : ok(feeds);
}

function findShapeMisfit(shape: readonly number[], expected: TensorInfo): string | null {
  if (shape.length !== expected.shape.length)
    return `must have ${expected.shape.length} dimensions, as [${expected.shape.join(', ')}]`;
  const wrong = expected.shape.findIndex((size, axis) => typeof size === 'number' && size >= 0 && size !== shape[axis]);
  return wrong < 0 ? null : `dimension ${wrong} must be ${expected.shape[wrong]}, as [${expected.shape.join(', ')}]`;
}

/** A run that the graph itself rejects (sizes that don't fit each other, an index out of range) is the caller's to mend. */
async function runSafely(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  names: readonly string[],
): Promise<Outcome<Record<string, Tensor>>> {
  try {
    return ok(await session.run(feeds, names));
  } catch (error) {
    if (error instanceof SessionReleasedError) throw error;
    const detail = 'The model rejected these inputs: their sizes or values do not fit each other.';
    return fail({ kind: 'invalid-request', detail, errors: [{ pointer: 'inputs', message: detail }] });
  }
}

function describeTensor(info: TensorInfo): ModelMetadata['inputs'][number] {
  return {
    name: info.name,
    datatype: toDatatype(info.type),
    shape: info.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : -1)),
  };
}
