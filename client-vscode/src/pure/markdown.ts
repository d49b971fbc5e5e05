/** Text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

/** A link that runs a command with arguments. */
export function commandLink(title: string, command: string, args: readonly unknown[]): string {
  return `[${escapeMarkdown(title)}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
}

/** A title with an icon before it; a lens would swallow a plain space between the two. */
export function icon(name: string, title: string): string {
  return `$(${name})\u00a0${title}`;
}
