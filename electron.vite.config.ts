import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;
const source = (path: string): string => join(root, path);

/**
 * The trainer's engines find their C sources and WASM files beside themselves. Built, they still do: their
 * `import.meta.url` means the source file, seen from out/main, and those files are packaged with it. Their own
 * `require` gets another name, because electron-vite declares one in every file that uses it.
 */
const trainerSources: Plugin = {
  name: 'midtrain:trainer-sources',
  enforce: 'pre',
  transform(code, id) {
    const path = relative(root, id).split(sep).join('/');
    if (!path.startsWith('trainer/') || !code.includes('import.meta.url')) return null;
    return code
      .replaceAll('import.meta.url', `new URL('../../${path}', import.meta.url).href`)
      .replaceAll(/\brequire\b(?=\(|\.resolve\(| =)/g, 'requireHere');
  },
};

/**
 * The page's one file as a classic script. A browser keeps what it compiled for the next visit, but a new process of
 * Chromium takes it back for classic scripts only, not for modules. `defer` waits for the document, as modules do.
 */
const classicScript: Plugin = {
  name: 'midtrain:classic-script',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => {
      const module = '<script type="module" crossorigin';
      if (!html.includes(module)) throw new Error('the page has no module script to make a classic one of');
      return html.replace(module, '<script defer');
    },
  },
};

/**
 * The page's script in ASCII alone. One letter beyond Latin 1, and a browser holds all of a script in two bytes a
 * letter: twice the memory, and longer to read.
 */
const asciiScript: Plugin = {
  name: 'midtrain:ascii-script',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        file.code = file.code.replace(
          /[^\0-\x7f]/g,
          (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
      }
    },
  },
};

const WRAPPED: readonly string[] = ['react', 'react-dom'];
const WRAPPER = '\0module:';

/**
 * React as a module with names of its own. Bundled as the CommonJS that it is, each of the two hundred modules that the
 * first page needs makes a copy of it when it is run, a getter a name: 6 to 12 ms.
 */
const reactModule: Plugin = {
  name: 'midtrain:react-module',
  apply: 'build',
  enforce: 'pre',
  resolveId(id, importer, { kind }) {
    if (!WRAPPED.includes(id) || kind !== 'import-statement' || importer?.startsWith(WRAPPER)) return null;
    return WRAPPER + id;
  },
  load(id) {
    if (!id.startsWith(WRAPPER)) return null;
    const name = id.slice(WRAPPER.length);
    const names = Object.keys(createRequire(import.meta.url)(name) as object);
    const exports = names.map((one) => `export const ${one} = whole.${one};`);
    return [`import whole from '${name}';`, 'export default whole;', ...exports].join('\n');
  },
};

/**
 * out/main: the desktop and the terminal host and, beside them, one file for each child process and worker thread
 * (electron/paths.ts finds them by these names). out/preload: one CommonJS file, as the sandbox demands. out/renderer: the page.
 */
export default defineConfig({
  main: {
    plugins: [trainerSources],
    build: {
      outDir: 'out/main',
      target: 'node24',
      rollupOptions: {
        input: {
          main: source('electron/main.ts'),
          cli: source('electron/cli.ts'),
          trainer: source('trainer/main.ts'),
          probe: source('trainer/probe.ts'),
          reader: source('electron/reader/worker.ts'),
          importer: source('electron/import/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: source('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    build: {
      outDir: source('out/renderer'),
      emptyOutDir: true,
      minify: true,
      // One script and one style sheet: nothing is left to fetch when a page is first opened.
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 2500,
      rollupOptions: {
        input: source('renderer/index.html'),
        output: { format: 'iife', codeSplitting: false },
        // Known to modules only, and asked for by nothing but what fetches further files.
        transform: { define: { 'import.meta': '{}' } },
      },
    },
    plugins: [react(), reactModule, classicScript, asciiScript],
  },
});
