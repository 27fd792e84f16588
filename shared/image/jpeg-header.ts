import { ok } from '../core/result.ts';
import { readOrientation } from './exif-orientation.ts';
import { textAt } from './image-format.ts';
import {
  cutShort,
  damaged,
  type HeaderResult,
  type ImageHeader,
  type Orientation,
  unsupported,
} from './image-header.ts';

/** Marker codes of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const TEM = 0x01;
const EXIF = 'Exif\0\0';

/** Processes of SOFn: 0 baseline, 1 extended, 2 progressive; 9 and 10 the same with arithmetic coding. */
const DECODABLE = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);
const PROGRESSIVE = new Set([0xc2, 0xca]);

/** Each scan of a progressive picture goes over all its coefficients; encoders make about ten. */
const MAX_SCANS = 100;

/** What SOFn says (T.81 B.2.2). */
interface Frame {
  readonly marker: number;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  /** Horizontal times vertical sampling factor of each component. */
  readonly samplings: readonly number[];
  readonly largestSampling: number;
}

interface Walk {
  frame: Frame | null;
  orientation: Orientation;
  scans: number;
  componentsInFirstScan: number;
}

/**
 * Walks all marker segments and the entropy-coded data between them up to EOI. What follows EOI (previews, a phone's film) is not
 * looked at.
 */
export function readJpegHeader(bytes: Uint8Array): HeaderResult {
  const walk: Walk = { frame: null, orientation: 1, scans: 0, componentsInFirstScan: 0 };
  let at = 2;
  for (;;) {
    at = nextMarker(bytes, at);
    if (at < 0) return cutShort();
    const marker = bytes[at + 1] as number;
    at += 2;
    if (marker === EOI) break;
    if (isStandalone(marker)) continue;
    if (at + 2 > bytes.length) return cutShort();
    const length = uint16(bytes, at);
    if (length < 2) return damaged('a segment of its header has no length');
    if (at + length > bytes.length) return cutShort();
    readSegment(walk, marker, bytes.subarray(at + 2, at + length));
    at += length;
  }
  return toHeader(walk);
}

function toHeader({ frame, orientation, scans, componentsInFirstScan }: Walk): HeaderResult {
  if (!frame || scans === 0) return damaged('it has no picture');
  if (!DECODABLE.has(frame.marker)) return unsupported('lossless and hierarchical JPEG are not read');
  if (frame.precision !== 8) return unsupported(`JPEG of ${frame.precision} bits a sample is not read, 8 is`);
  const components = frame.samplings.length;
  if (components !== 1 && components !== 3 && components !== 4) {
    return unsupported(`JPEG of ${components} components is not read`);
  }
  if (scans > MAX_SCANS) return unsupported(`JPEG in ${scans} scans is not read, up to ${MAX_SCANS} are`);
  const keepsCoefficients = PROGRESSIVE.has(frame.marker) || componentsInFirstScan < components;
  const perPixel = frame.samplings.reduce((sum, sampling) => sum + sampling, 0) / frame.largestSampling;
  const header: ImageHeader = {
    format: 'jpeg',
    width: frame.width,
    height: frame.height,
    orientation,
    isCmyk: components === 4,
    coefficientsPerPixel: keepsCoefficients ? perPixel : 0,
    isLossless: false,
  };
  return ok(header);
}

/** Where the next marker's 0xFF is, or -1: 0xFF00 is a data byte, 0xFF before 0xFF fills (T.81 B.1.1.2, B.1.1.5). */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1];
    if (code === undefined) return -1;
    if (code !== 0x00 && code !== 0xff) return at;
  }
  return -1;
}

/** Markers without a segment: RSTn, SOI, TEM. */
function isStandalone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= SOI) || marker === TEM;
}

function readSegment(walk: Walk, marker: number, segment: Uint8Array): void {
  if (marker === SOS) {
    if (walk.scans === 0) walk.componentsInFirstScan = segment[0] ?? 0;
    walk.scans++;
  } else if (marker === APP1 && textAt(segment, 0, EXIF.length) === EXIF) {
    walk.orientation = readOrientation(segment.subarray(EXIF.length));
  } else if (isFrame(marker) && segment.length >= 6 && !walk.frame) {
    walk.frame = readFrame(marker, segment);
  }
}

/** SOF0 to SOF15 but DHT (C4), JPG (C8) and DAC (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(marker: number, segment: Uint8Array): Frame {
  const samplings: number[] = [];
  const components = segment[5] as number;
  let widest = 1;
  let highest = 1;
  for (let i = 0; i < components; i++) {
    const factors = segment[6 + 3 * i + 1] ?? 0x11;
    widest = Math.max(widest, factors >> 4);
    highest = Math.max(highest, factors & 15);
    samplings.push((factors >> 4) * (factors & 15));
  }
  return {
    marker,
    precision: segment[0] as number,
    height: uint16(segment, 1),
    width: uint16(segment, 3),
    samplings,
    largestSampling: widest * highest,
  };
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
