/** How long to wait before a server that crashed is started again, and when to give up. */
export class Backoff {
  private crashes: number[] = [];

  /** @param most crashes within `windowMs` after which it gives up */
  constructor(
    private readonly most = 5,
    private readonly windowMs = 3 * 60_000,
    private readonly firstWaitMs = 250,
  ) {}

  /** Milliseconds to wait after a crash at `now`; undefined when it is time to give up. */
  crashed(now: number): number | undefined {
    this.crashes = this.crashes.filter((time) => now - time < this.windowMs);
    this.crashes.push(now);
    if (this.crashes.length >= this.most) {
      return undefined;
    }
    return this.firstWaitMs * 2 ** (this.crashes.length - 1);
  }

  reset(): void {
    this.crashes = [];
  }
}
