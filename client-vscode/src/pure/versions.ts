/** Whether a server of one version and an extension of another speak the same protocol: major and minor are the same. */
export function compatible(server: string, extension: string): boolean {
  const [a, b] = [parts(server), parts(extension)];
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
}

function parts(version: string): [string, string] | undefined {
  const found = /^v?(\d+)\.(\d+)/.exec(version.trim());
  return found?.[1] !== undefined && found[2] !== undefined ? [found[1], found[2]] : undefined;
}
