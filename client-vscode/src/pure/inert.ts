/**
 * Text of a model or of an example on its way into a chat, piece by piece: outside of code, an image becomes a link, so
 * that nothing is loaded before somebody clicks. The rest is left to the editor, which trusts no command in it.
 */
export class InertText {
  private held = ''; // an exclamation mark whose next character is not here yet
  private line = '';
  private fence = '';

  /** A piece as it may be shown; the last character may be held back until the next piece. */
  take(piece: string): string {
    let shown = '';
    for (const character of piece) {
      if (this.held) {
        shown += character === '[' && !this.fence ? `!${APART}` : '!';
        this.held = '';
      }
      if (character === '!') {
        this.held = character;
      } else {
        shown += character;
      }
      this.line = character === '\n' ? this.ended() : this.line + character;
    }
    return shown;
  }

  /** What was held back. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  /** After a line: whether code begins or ends with it. Code that is indented further does not count, to be on the safe side. */
  private ended(): string {
    const [, marker = '', behind = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/s.exec(this.line) ?? [];
    if (this.fence) {
      const closes = marker.startsWith(this.fence) && !behind.trim();
      this.fence = closes ? '' : this.fence;
    } else if (marker && !(marker.startsWith('`') && behind.includes('`'))) {
      this.fence = marker;
    }
    return '';
  }
}

const APART = '\u200b'; // no width

/** A whole text as `InertText` shows it. */
export function inert(text: string): string {
  const stream = new InertText();
  return stream.take(text) + stream.end();
}
