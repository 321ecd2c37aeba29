import { describeAsReference } from '../as-reference.ts';

await describeAsReference(['kernels-native', 'kernels-wasm']);
