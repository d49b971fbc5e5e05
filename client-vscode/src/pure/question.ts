/** The server's question whether the code of an opened folder may be read, and its two answers; lsp/watch.py words them. */
export const READ_IT = 'Read It';
export const NOT_THIS_FOLDER = 'Not This Folder';

/** The name of the folder that the server asks about; undefined when it asks something else. */
export function folderAsked(message: string): string | undefined {
  return /^Planfirst: Read the code in (.+), so that your own functions are found as examples\?/s.exec(message)?.[1];
}

/** The name of the folder in the title of the progress while it is read; undefined for another progress. */
export function folderRead(title: string): string | undefined {
  return /^Planfirst: reading the code in (.+)$/s.exec(title)?.[1];
}
