/** Lines as an editor counts them: they end at \n, \r\n and \r only. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}
