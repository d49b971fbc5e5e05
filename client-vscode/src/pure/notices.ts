import { QUIET_CODES, STORE_CODES, type WireNotice } from '../protocol.js';

const store: readonly string[] = STORE_CODES;
const quiet: readonly string[] = QUIET_CODES;

/** Whether building the store of examples helps against what a notice tells. */
export function asksForStore({ code }: WireNotice): boolean {
  return store.includes(code);
}

/** Whether a notice is for the log alone, since it comes with most requests. */
export function isQuiet({ code }: WireNotice): boolean {
  return quiet.includes(code);
}
