/** How the tools for agents are started: a process of their own, which speaks the Model Context Protocol. */
export interface McpLaunch {
  /** Empty when no folder is open; files can then not be named. */
  folder: string;
  mayRun: boolean;
  /** `--set NAME=VALUE` for what the user has set. */
  settings: readonly string[];
}

export interface Folder {
  name: string;
  path: string;
}

/** The arguments for the Python interpreter. */
export function mcpArguments({ folder, mayRun, settings }: McpLaunch): string[] {
  return ['-P', '-m', 'planfirst', 'mcp', ...(folder ? ['--folder', folder] : []), ...(mayRun ? ['--may-run'] : []), ...settings];
}

/** A variable with null is taken out of what the process inherits from the editor. */
export function mcpEnvironment(ours: Readonly<Record<string, string | undefined>>, editors: Readonly<Record<string, string | undefined>>): Record<string, string | null> {
  const set = Object.entries(ours).flatMap(([name, value]) => (value === undefined || value === editors[name] ? [] : [[name, value] as const]));
  const unset = Object.keys(editors).flatMap((name) => (ours[name] === undefined ? [[name, null] as const] : []));
  return Object.fromEntries([...set, ...unset]);
}

/** What to call the servers of the opened folders: one that is alone needs no folder in its name. */
export function mcpLabels(folders: readonly Folder[]): string[] {
  return folders.length < 2 ? ['Planfirst'] : folders.map(({ name }) => `Planfirst (${name})`);
}
