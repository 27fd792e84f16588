import { expect, test } from 'vitest';
import { DatatypeSchema, MAX_ELEMENTS } from '../../functions/infer/contract.ts';
import { formatData, parseTensor } from '../../functions/infer/tensors.ts';

test.each([
  ['BOOL', [true, false]],
  ['UINT8', [0, 255]],
  ['UINT16', [0, 65_535]],
  ['UINT32', [0, 4_294_967_295]],
  ['UINT64', [0, Number.MAX_SAFE_INTEGER]],
  ['INT8', [-128, 127]],
  ['INT16', [-32_768, 32_767]],
  ['INT32', [-2_147_483_648, 2_147_483_647]],
  ['INT64', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ['FP32', [-0.5, 3.5]],
  ['FP64', [1e-300, Math.PI]],
] as const)('%s survives the way in and out, at both ends of its range', (datatype, data) => {
  const tensor = parseTensor({ name: 'x', shape: [2], datatype, data: [...data] }, 'inputs[0]');
  expect(tensor.ok && formatData(tensor.value)).toEqual([...data]);
});

test.each([
  ['BOOL', 1],
  ['UINT8', 256],
  ['UINT8', -1],
  ['UINT16', 65_536],
  ['UINT32', 2 ** 32],
  ['UINT64', 2 ** 53],
  ['INT8', 128],
  ['INT16', -32_769],
  ['INT32', 2 ** 31],
  ['INT64', -(2 ** 53)],
  ['INT64', 1.5],
  ['FP32', '1'],
  ['FP64', null],
  ['FP32', true],
] as const)('%s refuses %s and names its place', (datatype, value) => {
  const good = datatype === 'BOOL' ? true : 0;
  const tensor = parseTensor({ name: 'x', shape: [2], datatype, data: [good, value] }, 'inputs[3]');
  expect(tensor).toMatchObject({ ok: false, failure: { errors: [{ pointer: 'inputs[3].data[1]' }] } });
});

test('what JSON has no number for becomes null', () => {
  const data = Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  expect(formatData({ type: 'float32', shape: [4], data })).toEqual([1, null, null, null]);
});

test('an empty tensor and a scalar have as many values as their shapes say', () => {
  expect(parseTensor({ name: 'x', shape: [0, 3], datatype: 'FP32', data: [] }, 'i')).toMatchObject({ ok: true });
  expect(parseTensor({ name: 'x', shape: [], datatype: 'FP32', data: [1] }, 'i')).toMatchObject({ ok: true });
  expect(parseTensor({ name: 'x', shape: [], datatype: 'FP32', data: [] }, 'i')).toMatchObject({ ok: false });
});

test('a shape of too many elements is refused before its data is looked at', () => {
  for (const shape of [[MAX_ELEMENTS + 1], [1_000_000, 1_000_000, 1_000_000, 1_000_000]]) {
    const tensor = parseTensor({ name: 'x', shape, datatype: 'FP32', data: [] }, 'inputs[0]');
    expect(tensor).toMatchObject({ ok: false, failure: { errors: [{ pointer: 'inputs[0].shape' }] } });
  }
});

test('every datatype of the contract has a tensor', () => {
  for (const datatype of DatatypeSchema.options) {
    const value = datatype === 'BOOL' ? false : 0;
    expect(parseTensor({ name: 'x', shape: [1], datatype, data: [value] }, 'i').ok).toBe(true);
  }
});
