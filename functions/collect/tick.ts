import type { CollectDeps } from './deps.ts';

export async function tick(_deps: CollectDeps): Promise<void> {}
