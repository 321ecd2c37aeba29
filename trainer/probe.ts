/** A child process that tells its owner every engine's prospects here, and ends. It downloads and compiles nothing. */
import { probeEngines } from './engine/select.ts';

const [cacheFolder] = process.argv.slice(2);
const send = process.send?.bind(process);
if (!cacheFolder || !send) throw new Error('the probe is started by the application, not by hand');
const probes = await probeEngines({ threads: 0, cacheFolder, onNotice: () => undefined });
// An engine that was tried may keep threads alive.
send(probes, () => process.exit(0));
