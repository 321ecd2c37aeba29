import { createContext, lazy, Suspense, use, useCallback, useMemo, useState } from 'react';
import type { OutgoingFile } from '../../api.ts';
import { cleanPath } from '../../lib/outgoing.ts';
import { AfterFirst } from '../common/after-first.tsx';

interface ImportOffer {
  /** Opens the import dialog for files that were dropped or picked. */
  readonly offer: (files: readonly File[]) => void;
}

const ImportContext = createContext<ImportOffer>({ offer: () => undefined });

export function useImport(): ImportOffer {
  return use(ImportContext);
}

const WindowDrop = lazy(async () => ({ default: (await import('./window-drop.tsx')).WindowDrop }));
const ImportDialog = lazy(async () => ({ default: (await import('./import-dialog.tsx')).ImportDialog }));

/** Where a file lay below what was dropped: set by the drop zone, or by a folder picker. */
function relativePathOf(file: File): string {
  const dropped = 'relativePath' in file ? String(file.relativePath) : '';
  return cleanPath(dropped || file.webkitRelativePath || file.name) || file.name;
}

/** Lets any place of the page, and any file dropped on the window, start an import. */
export function ImportProvider({ children }: { readonly children: React.ReactNode }): React.JSX.Element {
  const [files, setFiles] = useState<readonly OutgoingFile[] | null>(null);
  const offer = useCallback((given: readonly File[]) => {
    if (given.length > 0) setFiles(given.map((file) => ({ file, path: relativePathOf(file) })));
  }, []);
  const close = useCallback(() => setFiles(null), []);
  const value = useMemo(() => ({ offer }), [offer]);
  return (
    <ImportContext value={value}>
      {children}
      <Suspense>
        <AfterFirst>
          <WindowDrop active={files === null} onDrop={offer} />
        </AfterFirst>
        {files && <ImportDialog files={files} onClose={close} />}
      </Suspense>
    </ImportContext>
  );
}
