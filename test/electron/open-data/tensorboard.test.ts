import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventFiles } from '../../../electron/import-runs/read-log.ts';
import { crc32c } from '../../../electron/tensorboard/crc32c.ts';
import { decodeEvent, encodeScalars, encodeVersion } from '../../../electron/tensorboard/events.ts';
import { decodeRecords, encodeRecord } from '../../../electron/tensorboard/records.ts';
import { temporaryFolder } from '../support.ts';

const golden = readFileSync(join(import.meta.dirname, '../../golden/tensorboard/events.out.tfevents.golden'));
const float32 = (value: number): number => new Float32Array([value])[0]!;

describe('event files', () => {
  it('have the checksum of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  it('written by TensorBoard are read: plain and tensor scalars, of two steps the later', () => {
    const log = readEventFiles([{ path: 'golden', bytes: golden }]);
    expect(log).toMatchObject({ startedAtMs: 1_000_500, endedAtMs: 1_010_000, problems: [] });
    expect([...log.steps]).toEqual([
      [0, { loss: 2.5, reward: 0, wall_time: 0 }],
      [1, { loss: 1.5, reward: 0.25, wall_time: 1 }],
      [300, { loss: 0.125, reward: 75, validation_loss: 1.25, wall_time: 9.5 }],
    ]);
  });

  it('say what they hold, whatever is in them', () => {
    const value = fc.record({ tag: fc.string({ minLength: 1 }), value: fc.float({ noNaN: true }) });
    const event = fc.record({
      wallTime: fc.double({ noNaN: true, noDefaultInfinity: true }),
      step: fc.integer({ min: 0, max: 2 ** 40 }),
      values: fc.array(value, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(event, (written) => {
        const { records, problem } = decodeRecords(encodeRecord(encodeScalars(written)));
        expect(problem).toBeNull();
        expect(decodeEvent(records[0]!)).toEqual(written);
      }),
    );
  });

  it('cut off, or with a wrong byte, are read up to there', () => {
    const whole = decodeRecords(golden).records.length;
    const cut = decodeRecords(golden.subarray(0, golden.length - 5));
    expect(cut.records).toHaveLength(whole - 1);
    expect(cut.problem).toMatch(/ends inside a record at byte \d+/);
    const spoiled = Uint8Array.from(golden);
    spoiled[golden.length - 10]! ^= 1;
    expect(decodeRecords(spoiled)).toMatchObject({ problem: expect.stringMatching(/checksum/) });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeRecords(bytes);
        try {
          decodeEvent(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
accumulator = EventAccumulator(sys.argv[1])
accumulator.Reload()
print(json.dumps({tag: [[e.step, e.value, e.wall_time] for e in accumulator.Scalars(tag)]
                  for tag in accumulator.Tags()["scalars"]}))
`;
const python = process.env.PEER_PYTHON;

describe.skipIf(!python)('TensorBoard’s own package (PEER_PYTHON names a Python that has it)', () => {
  it('reads what is written here', () => {
    const folder = join(temporaryFolder(), 'run');
    mkdirSync(folder);
    const events = Array.from({ length: 50 }, (_, i) => ({
      wallTime: 1e9 + i,
      step: i * 1000,
      values: [
        { tag: 'loss', value: Math.exp(-i) },
        { tag: 'thinking/mean_length', value: i },
      ],
    }));
    const bytes = [encodeVersion(1e9), ...events.map(encodeScalars)].map(encodeRecord);
    writeFileSync(join(folder, 'events.out.tfevents.1000000000.midtrain.0'), Buffer.concat(bytes));
    const read = JSON.parse(execFileSync(python ?? '', ['-c', READ, folder], { encoding: 'utf8' }));
    expect(read).toEqual({
      loss: events.map(({ step, wallTime }, i) => [step, float32(Math.exp(-i)), wallTime]),
      'thinking/mean_length': events.map(({ step, wallTime }, i) => [step, i, wallTime]),
    });
  });
});
