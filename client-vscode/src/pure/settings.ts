/** Sections of `planfirst` that are the extension's own; the server does not know them. */
export const OWN_SECTIONS: readonly string[] = ['server'];

/** The settings that the server reads. Anything but an object means none. */
export function serverSettings(all: unknown): Record<string, unknown> {
  if (typeof all !== 'object' || all === null || Array.isArray(all)) {
    return {};
  }
  return Object.fromEntries(Object.entries(all).filter(([section]) => !OWN_SECTIONS.includes(section)));
}
