import { compatible } from './versions.js';

/** What a Python interpreter said about itself. */
export interface Probe {
  python: [number, number];
  planfirst: string | null;
}

export type Verdict = 'usable' | 'none' | 'old' | 'missing' | 'mismatch';

/** Run with `-c`; a single line of JSON, so that a site's chatter on standard output does no harm. */
export const PROBE_SCRIPT = [
  'import json, sys',
  'try:',
  '    import planfirst',
  '    version = planfirst.__version__',
  'except Exception:',
  '    version = None',
  'print(json.dumps({"python": list(sys.version_info[:2]), "planfirst": version}))',
].join('\n');

/** Reads the last line that is a probe's answer; undefined when there is none. */
export function parseProbe(output: string): Probe | undefined {
  for (const line of output.trim().split(/\r?\n/).reverse()) {
    try {
      const data: unknown = JSON.parse(line);
      if (isProbe(data)) {
        return data;
      }
    } catch {
      // another program's line
    }
  }
  return undefined;
}

/** Whether the server can be started there. */
export function judge(probe: Probe | undefined, extension: string): Verdict {
  if (!probe) {
    return 'none';
  }
  if (probe.python[0] < 3 || (probe.python[0] === 3 && probe.python[1] < 11)) {
    return 'old';
  }
  if (probe.planfirst === null) {
    return 'missing';
  }
  return compatible(probe.planfirst, extension) ? 'usable' : 'mismatch';
}

const RANK: readonly Verdict[] = ['none', 'old', 'missing', 'mismatch', 'usable'];

/** The index of the verdict that is nearest to being usable; the first of equals. */
export function best(verdicts: readonly Verdict[]): number {
  let found = -1;
  verdicts.forEach((verdict, n) => {
    const now = verdicts[found];
    if (now === undefined || RANK.indexOf(verdict) > RANK.indexOf(now)) {
      found = n;
    }
  });
  return found;
}

function isProbe(data: unknown): data is Probe {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { python, planfirst } = data as Record<string, unknown>;
  return (
    Array.isArray(python) &&
    python.length === 2 &&
    python.every((part) => typeof part === 'number') &&
    (planfirst === null || typeof planfirst === 'string')
  );
}
