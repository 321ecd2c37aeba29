import type { Database } from 'better-sqlite3';
import type { ContractName, EventMessage, Output, ResolvedInput } from '../contract.ts';
import type { Queries } from '../db/queries.ts';

/** What every service of an open workspace works with. */
export interface Context {
  /** The workspace's folder, absolute. */
  readonly folder: string;
  readonly db: Database;
  readonly queries: Queries;
  /** Tells every host. */
  readonly emit: (event: EventMessage) => void;
}

/** Who calls: what it may name by path depends on it. */
export interface Caller {
  readonly host: 'window' | 'browser' | 'terminal';
  /** Whether the user chose this path in that host. */
  readonly mayRead: (path: string) => boolean;
}

/** The user's own terminal: may name any path. */
export const terminalCaller: Caller = { host: 'terminal', mayRead: () => true };
/** A page in a browser: knows no paths. */
export const browserCaller: Caller = { host: 'browser', mayRead: () => false };

/** What fulfils one entry of the contract. */
export type Handler<N extends ContractName> = (
  input: ResolvedInput<N>,
  caller: Caller,
) => Output<N> | Promise<Output<N>>;
export type Handlers<N extends ContractName = ContractName> = { readonly [K in N]: Handler<K> };
