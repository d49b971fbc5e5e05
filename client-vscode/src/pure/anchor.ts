import { splitLines } from './lines.js';

/** A request's lines and the lines around it, as they were when the work began. */
export interface Anchor {
  first: number;
  block: string[];
  above: string | undefined;
  below: string | undefined;
}

/** The anchor of the lines `first` to `last`, inclusive. */
export function anchorOf(text: string, first: number, last: number): Anchor {
  const lines = splitLines(text);
  return { first, block: lines.slice(first, last + 1), above: lines[first - 1], below: lines[last + 1] };
}

/**
 * Where the anchor's first line is now; undefined when that is not certain. It is certain when the lines stand where they
 * stood between the same neighbours, or stand in exactly one place, between the same neighbours.
 */
export function relocate(text: string, anchor: Anchor): number | undefined {
  const lines = splitLines(text);
  if (!anchor.block.some((line) => line.trim())) {
    const isAll = anchor.above === undefined && anchor.below === undefined;
    return isAll && !text.trim() ? 0 : undefined; // nowhere but in a document that is as empty as it was
  }
  const places: number[] = [];
  for (let n = 0; n + anchor.block.length <= lines.length; n++) {
    if (anchor.block.every((line, k) => lines[n + k] === line)) {
      places.push(n);
    }
  }
  const [only] = places;
  if (places.length !== 1 || only === undefined) {
    return undefined;
  }
  const same = lines[only - 1] === anchor.above && lines[only + anchor.block.length] === anchor.below;
  return same ? only : undefined;
}
