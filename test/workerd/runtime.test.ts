import { env } from 'cloudflare:workers';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { expect, test } from 'vitest';

test('a wasm import from a package arrives as a compiled module', () => {
  expect(wasm).toBeInstanceOf(WebAssembly.Module);
});

test('the test Worker has a bucket of its own', async () => {
  await env.BUCKET.put('greeting', 'hello');
  expect(await (await env.BUCKET.get('greeting'))?.text()).toBe('hello');
});
