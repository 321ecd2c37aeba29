/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
 * Written as float32; float32, float16 and bfloat16 are read (into float32), so that published weights load.
 */
import { z } from 'zod';

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number(), z.number()]),
});

/** The file's parts in order, to be written one after another; tensors are not copied. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // The tensors start at a multiple of 8 bytes; the format pads the header with spaces.
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return [head, ...parts];
}

/** @throws if the bytes are not safetensors, or hold a type that is not a float of 16 or 32 bits */
export function decodeSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  if (bytes.byteLength < 8) throw new Error('the file is too short for safetensors');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > bytes.byteLength - 8) throw new Error('the safetensors header is longer than the file');
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  const { __metadata__: _, ...entries } = z.record(z.string(), z.unknown()).parse(header);
  const start = 8 + headerBytes;
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = entry.parse(value);
    const [from, to] = data_offsets;
    if (start + to > bytes.byteLength || from > to) throw new Error(`tensor ${name} lies outside the file`);
    // A copy, because a Buffer may share its memory and start at any alignment.
    const data = toFloat32(dtype, new Uint8Array(bytes.subarray(start + from, start + to)), name);
    if (data.length !== shape.reduce((product, n) => product * n, 1)) {
      throw new Error(`tensor ${name} has ${data.length} values for shape [${shape.join(', ')}]`);
    }
    tensors.set(name, { shape, data });
  }
  return tensors;
}

function toFloat32(dtype: string, bytes: Uint8Array<ArrayBuffer>, name: string): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'BF16': {
      const half = new Uint16Array(bytes.buffer);
      const bits = new Uint32Array(half.length);
      for (let i = 0; i < half.length; i++) bits[i] = half[i]! << 16;
      return new Float32Array(bits.buffer);
    }
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes.buffer), fromHalf);
    default:
      throw new Error(`tensor ${name} is ${dtype}; F32, F16 and BF16 can be read`);
  }
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
