import packageJson from '../package.json' with { type: 'json' };

/** Midtrain's version. */
export const version: string = packageJson.version;
