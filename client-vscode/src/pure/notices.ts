import { STORE_CODES, type WireNotice } from '../protocol.js';

const codes: readonly string[] = STORE_CODES;

/** Whether building the store of examples helps against what a notice tells. */
export function asksForStore({ code }: WireNotice): boolean {
  return codes.includes(code);
}
