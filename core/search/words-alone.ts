import type { FilterClause } from "./clause.ts";
import { VOCABULARIES } from "./vocabulary.ts";

const OPERATORS = ["AND", "OR", "NOT", "LIKE", "ILIKE", "RLIKE", "IN", "IS", "BETWEEN"];

/** What people type who look for a name: words, and no operator. Each has to be in the name; undefined for anything else. */
export function wordsAlone(filter: string, searched: "runs" | "catalog"): FilterClause[] | undefined {
  const words = filter.split(/\s+/).filter((word) => word !== "");
  const isWord = (word: string) => !/[=<>!'"`(),;]/.test(word) && !OPERATORS.includes(word.toUpperCase());
  if (!words.every(isWord)) return undefined;
  const key = VOCABULARIES[searched].words;
  return words.map((word) => ({ type: "attribute", key, comparator: "ILIKE", value: `%${word.slice(0, 500)}%` }));
}
