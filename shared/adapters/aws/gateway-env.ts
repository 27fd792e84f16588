import { z } from 'zod';

/** Where the gateway finds the other functions: their base addresses (function URLs or API Gateway stages). */
const GatewayEnvSchema = z.object({
  EDGEMARK_CLASSIFY_URL: z.url(),
  EDGEMARK_TAG_URL: z.url(),
  EDGEMARK_RECOMMEND_URL: z.url(),
  EDGEMARK_REBUILD_URL: z.url(),
  EDGEMARK_MODELS_URL: z.url(),
  EDGEMARK_INFER_URL: z.url(),
  EDGEMARK_COLLECT_URL: z.url(),
  EDGEMARK_EVALUATE_URL: z.url(),
  EDGEMARK_TRAIN_URL: z.url(),
  EDGEMARK_PREPARE_URL: z.url(),
});

export type GatewayEnv = z.infer<typeof GatewayEnvSchema>;

export function parseGatewayEnv(env: unknown): GatewayEnv {
  const parsed = GatewayEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}

/** Forwards a request to the same path below `baseUrl`. */
export function forwardTo(baseUrl: string): (request: Request) => Promise<Response> {
  return (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete('host');
    const body = request.body ? { body: request.body, duplex: 'half' as const } : {};
    return fetch(new URL(pathname + search, baseUrl), { method: request.method, headers, ...body });
  };
}
