/** Whether a notice of the server says that the store of examples has to be built; the words are the server's, in each of its languages. */
export function asksForStore(notice: string): boolean {
  return /planfirst index build|store has no examples|저장소에 예제가 없/.test(notice);
}
