import { distance } from "fastest-levenshtein";

/** The candidate that a misspelt word most likely means: within a third of its length, or two letters. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const written = word.slice(0, 100).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - written.length) >= least) continue;
    const steps = distance(written, candidate.toLowerCase());
    if (steps < least && steps < candidate.length) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}

/** `did you mean x?`, or what is known where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): { hint?: string } {
  const near = nearest(word, candidates);
  return near === undefined ? {} : { hint: `did you mean ${near}?` };
}
