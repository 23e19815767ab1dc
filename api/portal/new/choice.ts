import { type Chosen, guessModel, type ModelChoice } from "../../../core/new-model/guess-model.ts";
import type { TableProfile } from "../../../core/new-model/profile-table.ts";

const KEYS = ["task", "label", "id", "group", "time"] as const;

/** What a person chose of a model, in the address; what they did not is guessed. */
export function choiceOf(profile: TableProfile, query: URLSearchParams): ModelChoice | undefined {
  const chosen: Chosen = {};
  for (const key of KEYS) chosen[key] = query.get(key) ?? undefined;
  return guessModel(profile, chosen);
}

/** A model's name that a file's name suggests. */
export function nameFrom(file: string): string {
  const name = file
    .replace(/\.[A-Za-z0-9]{1,5}$/, "")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "")
    .slice(0, 60)
    .replace(/[-_]+$/, "");
  return name === "" ? "my-model" : name;
}
