/** Progress as `planfirst` writes it to standard error, a JSON object a line, when PLANFIRST_PROGRESS is `json`. */
export function parseProgress(line: string): { done: number; total: number } | undefined {
  if (!line.startsWith('{"done"')) {
    return undefined;
  }
  try {
    const { done, total } = JSON.parse(line) as { done?: unknown; total?: unknown };
    return typeof done === 'number' && typeof total === 'number' ? { done, total } : undefined;
  } catch {
    return undefined; // a line that was cut in two
  }
}
