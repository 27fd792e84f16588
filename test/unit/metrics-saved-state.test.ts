import { describe, expect, test } from 'vitest';
import { joinStates, splitStates } from '../../shared/metrics/nested-states.ts';
import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import type { SavedState } from '../../shared/metrics/task.ts';

const SAVED: SavedState = {
  fields: { rows: 3, name: 'Grüße 🎈', list: [1, null, { deep: [0.1, true] }] },
  arrays: {
    scores: Float64Array.of(0.1, Number.NaN, -0, Number.POSITIVE_INFINITY, 5e-324),
    labels: Uint8Array.of(1, 2, 255),
    halves: Float32Array.of(1.5),
    counts: Uint32Array.of(4_294_967_295, 7, 9).subarray(1),
    none: new Float64Array(0),
  },
};

describe('a saved state', () => {
  test('comes back from its bytes as it was, bit for bit', () => {
    expect(decodeSavedState(encodeSavedState(SAVED))).toEqual({ ok: true, value: SAVED });
    expect(encodeSavedState(SAVED)).toEqual(encodeSavedState(SAVED));
  });

  test('comes back from bytes that lie anywhere', () => {
    const bytes = encodeSavedState(SAVED);
    for (let shift = 0; shift < 9; shift++) {
      const elsewhere = new Uint8Array(bytes.length + shift);
      elsewhere.set(bytes, shift);
      expect(decodeSavedState(elsewhere.subarray(shift))).toEqual({ ok: true, value: SAVED });
    }
  });

  test('is refused with a reason where it is cut at any place, lengthened or of another kind', () => {
    const bytes = encodeSavedState(SAVED);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeSavedState(bytes.slice(0, length)).ok).toBe(false);
    }
    expect(decodeSavedState(Uint8Array.of(...bytes, 0))).toEqual({
      ok: false,
      failure: expect.stringContaining('longer'),
    });
    expect(decodeSavedState(bytes.map((byte, i) => (i === 3 ? 0x32 : byte)))).toEqual({
      ok: false,
      failure: 'not a saved state (EMS1)',
    });
  });

  test('throws nothing whichever byte of the header is damaged', () => {
    const bytes = encodeSavedState(SAVED);
    for (let at = 0; at < 400 && at < bytes.length; at++) {
      for (const value of [0, 0x22, 0x2d, 0x39, 0x7b, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        expect(() => decodeSavedState(damaged)).not.toThrow();
      }
    }
  });

  test('with a number that JSON lacks is a fault of the task', () => {
    expect(() => encodeSavedState({ fields: { deep: [{ sum: Number.NaN }] }, arrays: {} })).toThrow(TypeError);
  });
});

test('nested states come apart again as they were', () => {
  const states: SavedState[] = [
    SAVED,
    { fields: {}, arrays: {} },
    { fields: { a: 1 }, arrays: { 'path/like': Uint8Array.of(1) } },
  ];
  const joined = joinStates(states);
  const through = decodeSavedState(encodeSavedState({ fields: { all: joined.fields }, arrays: joined.arrays }));
  if (!through.ok) throw new Error(through.failure);
  expect(splitStates(through.value.fields['all'] ?? null, through.value.arrays)).toEqual(states);
});
