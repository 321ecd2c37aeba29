import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BrandMark } from '../../renderer/components/shell/brand-mark.tsx';

const shapes = (svg: string): string[][] =>
  [...svg.matchAll(/<(rect|path|circle)\b([^>]*?)\/?>/g)].map(([, name = '', attributes = '']) => [
    name,
    ...[...attributes.matchAll(/[\w-]+="[^"]*"/g)].map(String).sort(),
  ]);

test('the mark on the page is the one of the icon', () => {
  const icon = readFileSync(join(import.meta.dirname, '../../renderer/public/icon.svg'), 'utf8');
  const drawn = shapes(renderToStaticMarkup(createElement(BrandMark)));
  expect(drawn).toHaveLength(4);
  expect(drawn).toEqual(shapes(icon));
});
