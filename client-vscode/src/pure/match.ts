import type { WireExample } from '../protocol.js';

type Translate = (text: string, ...values: (string | number)[]) => string;

/** A score with the server's word for it before it. A match of `none` has no word, nor has one that is not known here. */
export function scoreText({ match, score }: { match?: string; score: number }, t: Translate): string {
  const number = score.toFixed(2);
  switch (match) {
    case 'close match':
      return t('close match, score {0}', number);
    case 'related':
      return t('related, score {0}', number);
    default:
      return t('score {0}', number);
  }
}

/** The similar question that was found, on one line. */
export function similarText(example: WireExample, t: Translate): string {
  return t('Similar question ({0}): {1}', scoreText(example, t), example.question.replace(/\s+/g, ' ').trim());
}
