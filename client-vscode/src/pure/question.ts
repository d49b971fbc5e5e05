/** Shows each question that is closed without an answer no more than once, even to a server that was started again. */
export class Questions {
  private readonly closed = new Set<string>();

  /** The answer; undefined when the question is closed, or was before. */
  async ask<Answer>(question: string, show: () => PromiseLike<Answer | undefined>): Promise<Answer | undefined> {
    if (this.closed.has(question)) {
      return undefined;
    }
    const answer = await show();
    if (answer === undefined) {
      this.closed.add(question);
    }
    return answer;
  }
}
