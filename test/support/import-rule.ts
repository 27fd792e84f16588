import { posix } from 'node:path';
import { COMPUTED, importsOf } from './imports-of.ts';

/** What files of one place may import: repository files by the start of their path, packages by name. */
interface Allowance {
  /** Files under the rule; the first rule that matches a file holds. */
  readonly files: RegExp;
  readonly paths: readonly string[];
  readonly packages: readonly RegExp[];
}

const HONO = /^hono(\/|$)/;
const ZOD = /^zod$/;
const ZOD_OPENAPI = /^@hono\/zod-openapi$/;
const NODE = /^node:/;
const AWS_SDK = /^@aws-sdk\//;
const ONNX_RUNTIME = /^onnxruntime-web\//;
const CODECS = /^(@jsquash\/webp|@cwasm\/jpeg-turbo|omggif|fflate)(\/|$)/;
const CSV = /^papaparse$/;
const LAYERS = [
  'shared/core/',
  'shared/ports/',
  'shared/image/',
  'shared/metrics/',
  'shared/recommender/',
  'shared/customer/',
  'shared/dataset/',
  'shared/model/',
  'shared/report/',
  'shared/http/',
];
const ADAPTER_BASE = ['shared/core/', 'shared/ports/', 'shared/image/', 'shared/adapters/web/'];

/**
 * The dependency rule: core ← ports ← image, customer and dataset ← model; metrics and recommender use core, and model
 * uses recommender; report draws what metrics describe; http uses core and ports; adapters use core, ports, image and
 * platform SDKs; functions use everything but adapters, which only `worker.ts` and `lambda.ts` import; functions never import one
 * another.
 */
const RULES: readonly Allowance[] = [
  rule(/^shared\/core\//, ['shared/core/'], []),
  rule(/^shared\/ports\//, ['shared/core/', 'shared/ports/'], []),
  rule(/^shared\/image\//, ['shared/core/', 'shared/ports/', 'shared/image/'], []),
  rule(/^shared\/metrics\//, ['shared/core/', 'shared/metrics/'], []),
  rule(/^shared\/recommender\//, ['shared/core/', 'shared/recommender/'], []),
  rule(/^shared\/report\//, ['shared/metrics/', 'shared/report/'], []),
  rule(/^shared\/customer\//, ['shared/core/', 'shared/ports/', 'shared/customer/'], [ZOD]),
  rule(/^shared\/dataset\//, ['shared/core/', 'shared/ports/', 'shared/dataset/'], [ZOD, CSV]),
  rule(
    /^shared\/model\//,
    ['shared/core/', 'shared/ports/', 'shared/image/', 'shared/recommender/', 'shared/customer/', 'shared/model/'],
    [ZOD, /^@huggingface\/tokenizers$/],
  ),
  rule(/^shared\/http\//, ['shared/core/', 'shared/ports/', 'shared/http/'], [HONO, ZOD, ZOD_OPENAPI]),
  // Where a platform's dependencies are put together, and where its events become HTTP: these know the HTTP layer.
  rule(
    /^shared\/adapters\/aws\/(deps|api-gateway)\.ts$/,
    [...ADAPTER_BASE, 'shared/adapters/aws/', 'shared/http/', 'shared/model/'],
    [HONO, ZOD, NODE, AWS_SDK],
  ),
  rule(
    /^shared\/adapters\/cloudflare\/(deps|serve-app)\.ts$/,
    [...ADAPTER_BASE, 'shared/adapters/cloudflare/', 'shared/http/', 'shared/model/'],
    [ZOD, /^cloudflare:/],
  ),
  rule(/^shared\/adapters\/memory\//, ['shared/core/', 'shared/ports/', 'shared/adapters/memory/'], []),
  rule(/^shared\/adapters\/web\//, ADAPTER_BASE, [ZOD, AWS_SDK, ONNX_RUNTIME, CODECS]),
  rule(/^shared\/adapters\/aws\//, [...ADAPTER_BASE, 'shared/adapters/aws/'], [ZOD, NODE, AWS_SDK, ONNX_RUNTIME]),
  rule(/^shared\/adapters\/cloudflare\//, [...ADAPTER_BASE, 'shared/adapters/cloudflare/'], [ZOD, /^cloudflare:/]),
  rule(
    /^functions\/[^/]+\/worker\.ts$/,
    [...LAYERS, 'shared/adapters/web/', 'shared/adapters/cloudflare/'],
    [ONNX_RUNTIME, CODECS, /^cloudflare:/],
  ),
  rule(/^functions\/[^/]+\/lambda\.ts$/, [...LAYERS, 'shared/adapters/web/', 'shared/adapters/aws/'], [NODE]),
  rule(/^functions\//, LAYERS, [HONO, ZOD, ZOD_OPENAPI]),
];

/** One sentence for each import of the file that the dependency rule forbids. `path` is relative to the repository. */
export function breachesOf(path: string, source: string): string[] {
  const allowance = RULES.find((candidate) => candidate.files.test(path));
  if (!allowance) return [`${path} belongs to no layer that the dependency rule knows`];
  return importsOf(path, source)
    .filter((specifier) => !isAllowed(allowance, path, specifier))
    .map((specifier) => `${path} must not import ${specifier}`);
}

function isAllowed(allowance: Allowance, path: string, specifier: string): boolean {
  if (specifier === COMPUTED) return false;
  if (!specifier.startsWith('.')) return allowance.packages.some((name) => name.test(specifier));
  const target = posix.join(posix.dirname(path), specifier);
  const ownFolder = /^functions\/[^/]+\//.exec(path)?.[0];
  if (ownFolder && target.startsWith(ownFolder)) return true;
  return allowance.paths.some((prefix) => target.startsWith(prefix));
}

function rule(files: RegExp, paths: readonly string[], packages: readonly RegExp[]): Allowance {
  return { files, paths, packages };
}
