import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Options {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Told each piece of output as it comes. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

const MOST_KEPT = 1 << 20;

/** Runs a program without a shell, so that no argument is ever read as a command. Rejects when it cannot be started. */
export function run(command: string, args: readonly string[], options: Options = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(options.signal ? { signal: options.signal, killSignal: 'SIGTERM' } : {}),
    });
    const timer = options.timeoutMs ? setTimeout(() => child.kill('SIGKILL'), options.timeoutMs) : undefined;
    const kept = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (text: string) => {
        kept[stream] = (kept[stream] + text).slice(-MOST_KEPT);
        options.onOutput?.(text, stream);
      });
    }
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...kept });
    });
  });
}
