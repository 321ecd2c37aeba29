/**
 * Makes the base checkpoint of the sample project: `npm run sample-base [-- --seed N --out FOLDER]`.
 *
 * The recipe is trainer/config/sample.ts; the same engine on the same kind of processor gives the same weights.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleBaseMixture, sampleBaseSettings } from '../trainer/config/sample.ts';
import { resolveStage } from '../trainer/config/stages.ts';
import { baseExamples } from '../trainer/data/sample-corpus.ts';
import { encodeShardIndex } from '../trainer/data/shards.ts';
import { selectEngine } from '../trainer/engine/select.ts';
import { pretrain } from '../trainer/methods/documents.ts';
import type { FromTrainer, ShardReference } from '../trainer/protocol.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'assets/sample-base' },
  },
});
const seed = Number(values.seed);
const work = mkdtempSync(join(tmpdir(), 'midtrain-sample-base-'));

function writeShard(name: string, texts: readonly string[]): ShardReference {
  let end = 0;
  const ends = texts.map((text) => {
    end += Buffer.byteLength(text);
    return end;
  });
  const digests = texts.map((text) => createHash('sha256').update(text).digest());
  const path = join(work, name);
  writeFileSync(`${path}.txt`, texts.join(''));
  writeFileSync(`${path}.idx`, encodeShardIndex(ends, Buffer.concat(digests)));
  return { path, documents: texts.length, bytes: end };
}

const count = sampleBaseSettings.maxSteps * sampleBaseSettings.documentsPerStep;
const train = writeShard('train', baseExamples(seed, count, sampleBaseMixture));
const validation = writeShard('validation', baseExamples(seed + 1, 300, sampleBaseMixture));

let folder = '';
const emit = (message: FromTrainer): void => {
  if (message.kind === 'checkpoint') folder = message.folder;
  if (message.kind !== 'metrics' || message.values.validation_loss === undefined) return;
  const { validation_loss: loss, wall_time: seconds } = message.values;
  console.log(`step ${message.step}: validation loss ${loss?.toFixed(4)}, ${seconds?.toFixed(0)} s`);
};

const { engine, report } = await selectEngine('auto', { threads: 0, cacheFolder: join(work, 'cache') });
console.log(`Training on ${report.name} (${report.description}).`);
const settings = { ...sampleBaseSettings, seed };
const resolved = resolveStage('pretrain', settings);
if (resolved.problems[0]) throw new Error(resolved.problems[0].message);
mkdirSync(join(work, 'run'));
await pretrain(
  {
    engine,
    emit,
    control: { proceed: () => new Promise((resolve) => setImmediate(() => resolve(true))) },
    job: {
      runId: 'sample-base',
      runName: 'sample base',
      stage: 'pretrain',
      settings,
      folder: join(work, 'run'),
      documents: { id: 'base', name: 'base texts', sha256: '', train: [train], validation: [validation] },
      questions: null,
      base: null,
      tierReference: null,
      resume: null,
      entropyFolder: work,
      engine: { request: 'auto', threads: 0, cacheFolder: work },
    },
  },
  resolved.values,
);
engine.dispose();
rmSync(values.out, { recursive: true, force: true });
// The moments are twice the weights' size, and nothing goes on from this run.
cpSync(folder, values.out, { recursive: true, filter: (path) => !path.endsWith('optimizer.safetensors') });
rmSync(work, { recursive: true });
console.log(`Wrote ${values.out}.`);
process.exit(0);
