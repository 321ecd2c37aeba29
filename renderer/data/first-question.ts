/** The last view of the table of runs, kept for the next visit, and what that visit asks first. */
import type { Input } from '../../electron/contract.ts';
import { firstQuestion, WIDE } from '../lib/run-table-question.ts';

const REMEMBERED = 'midtrain.runs.view';

export const rememberedView = (): string => window.localStorage.getItem(REMEMBERED) ?? '';
export const rememberView = (search: string): void => window.localStorage.setItem(REMEMBERED, search);

/** @param search of the address */
export const firstRows = (search: string): Input<'runs.query'> =>
  firstQuestion(search, rememberedView(), window.matchMedia(WIDE).matches);
