import type { StageName, WorkEvent } from '../protocol.js';

const CHARACTERS_A_TOKEN = 3.5; // roughly, of plans and code; the server counts exactly, once all is written

/** Follows the events of one run: the stage, its text so far, and about how many tokens per second are being written. */
export class Meter {
  stage: StageName | undefined;
  text = '';
  private counted = 0;
  private begun: number | undefined;
  private latest = 0;
  private since: number | undefined;

  /** @param now milliseconds */
  take(event: WorkEvent, now: number): void {
    if (event.kind === 'stage' && event.ms === undefined) {
      this.stage = event.stage;
      this.text = '';
      this.counted = 0;
      this.begun = undefined;
      this.since = now;
    } else if (event.kind === 'text') {
      this.text += event.text;
      if (this.begun === undefined) {
        this.begun = now; // the first piece was written before the clock started, so it does not count
      } else {
        this.counted += event.text.length;
      }
      this.latest = now;
    }
  }

  /** An estimate of the tokens per second. */
  get rate(): number | undefined {
    const seconds = (this.latest - (this.begun ?? this.latest)) / 1000;
    return seconds > 0 ? this.counted / CHARACTERS_A_TOKEN / seconds : undefined;
  }

  /** Whole seconds that a stage has lasted without a word, from the second one on: a long prompt takes a while to read. */
  waiting(now: number): number | undefined {
    const seconds = this.since === undefined || this.text ? 0 : Math.floor((now - this.since) / 1000);
    return seconds >= 2 ? seconds : undefined;
  }

  /** The last line that has something on it, shortened to `most` characters. */
  lastLine(most: number): string {
    const line = this.text.trimEnd().split('\n').at(-1)?.trim() ?? '';
    return line.length > most ? `${line.slice(0, most - 1)}…` : line;
  }
}
