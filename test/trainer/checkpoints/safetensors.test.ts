import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../trainer/checkpoints/safetensors.ts';

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

describe('safetensors', () => {
  it('gives tensors back bit for bit', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 4 }),
        fc.array(fc.float(), { minLength: 1, maxLength: 20 }),
        (names, values) => {
          fc.pre(!names.includes('__metadata__') && !names.includes('__proto__'));
          const data = Float32Array.from(values);
          const tensors = new Map(names.map((name) => [name, { shape: [values.length], data }]));
          const read = decodeSafetensors(joined(encodeSafetensors(tensors)));
          expect([...read.keys()].sort()).toEqual([...names].sort());
          for (const { data: back } of read.values()) {
            expect(Buffer.from(back.buffer, back.byteOffset, back.byteLength)).toEqual(
              Buffer.from(data.buffer),
            );
          }
        },
      ),
    );
  });

  // Made with the Python package safetensors 0.8: save({"a": torch.tensor([[1., -2.]], dtype=torch.bfloat16),
  // "b": torch.tensor([0.5, 65504.], dtype=torch.float16)}).hex()
  it('reads a file of another writer, bfloat16 and float16 included', () => {
    const bytes = new Uint8Array(Buffer.from(OTHER_WRITER, 'hex'));
    const read = decodeSafetensors(bytes);
    expect(read.get('a')).toEqual({ shape: [1, 2], data: Float32Array.from([1, -2]) });
    expect(read.get('b')).toEqual({ shape: [2], data: Float32Array.from([0.5, 65504]) });
  });

  it('refuses what is not a whole file', () => {
    const whole = joined(encodeSafetensors(new Map([['w', { shape: [4], data: new Float32Array(4) }]])));
    expect(() => decodeSafetensors(whole.subarray(0, 4))).toThrow('too short');
    expect(() => decodeSafetensors(whole.subarray(0, 20))).toThrow('longer than the file');
    expect(() => decodeSafetensors(whole.subarray(0, whole.length - 1))).toThrow('outside the file');
  });
});

const OTHER_WRITER =
  '70000000000000007b2261223a7b226474797065223a2242463136222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b302c345d7d2c2262223a7b226474797065223a22463136222c227368617065223a5b325d2c22646174615f6f666673657473223a5b342c385d7d7d2020803f00c00038ff7b';
