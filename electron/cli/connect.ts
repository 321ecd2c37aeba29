import { AppError } from '../errors.ts';
import { type Application, openWorkspace, type Workspace } from '../workspace.ts';
import { readOwner } from '../workspace-lock.ts';
import { type RemoteApplication, remoteApplication } from './remote.ts';

export type Connection =
  | { readonly kind: 'own'; readonly application: Workspace }
  | { readonly kind: 'remote'; readonly application: RemoteApplication };

/**
 * Opens the workspace, or talks to the process that has it open.
 * @param runsJobs whether queued runs are started while this process owns the workspace
 * @throws AppError WorkspaceBusy if another process owns it and does not serve; others as `openWorkspace`
 */
export async function connect(folder: string, runsJobs: boolean): Promise<Connection> {
  try {
    return { kind: 'own', application: await openWorkspace(folder, { runsJobs }) };
  } catch (error) {
    if (!(error instanceof AppError) || error.name !== 'WorkspaceBusy') throw error;
    const server = readOwner(folder)?.server;
    if (!server) throw error;
    return { kind: 'remote', application: remoteApplication(server) };
  }
}

/** Does something with the application and closes it, whatever happens. */
export async function withApplication<T>(
  folder: string,
  runsJobs: boolean,
  action: (application: Application, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(folder, runsJobs);
  try {
    return await action(connection.application, connection);
  } finally {
    await connection.application.close();
  }
}
