/** Hands a file to the browser's downloads; the desktop window asks where to put it. */
export function saveFile(name: string, content: Blob | string, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download reads the address a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Fetches a file that the host wrote into its exports. */
export function downloadExport(exportId: string, name: string): void {
  const link = document.createElement('a');
  link.href = new URL(`/exports/${exportId}/${name}`, window.location.href).href;
  link.download = name;
  link.click();
}
