/** Asks for the table of runs before the rest of the page's code runs: its answer comes meanwhile. */
import { firstRows } from './data/first-question.ts';
import { askAhead } from './host.ts';

const [, path, search = ''] = /^#([^?]*)\??(.*)$/.exec(window.location.hash) ?? [];

if (path === '/runs') {
  askAhead('runs.query', firstRows(search));
  askAhead('runs.fields', {});
}
