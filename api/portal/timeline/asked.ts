import { SlipwayError } from "../../../core/errors.ts";
import { moment } from "../../../core/moment.ts";
import type { Catalog } from "../../../core/registry/catalog.ts";
import type { LogFilter } from "../../../core/registry/search-log.ts";
import { CommitId } from "../../../schemas/names.ts";

/** The branches that acts are on. */
export const BRANCHES = ["registry", "monitoring", "deploy"] as const;
export type Branch = (typeof BRANCHES)[number];

/** The words of the address that ask for acts: those of `slipway log`, and `q`. */
export const WORDS = ["q", "model", "version", "act", "by", "stage", "since", "until"] as const;

export interface AskedActs {
  branch: Branch;
  filter: LogFilter;
  /** Words of which each is to be in what was done, by whom or why; in lower case. */
  words: readonly string[];
  /** Acts before this one alone. */
  before: string | undefined;
}

/** What an address asks for. Rejects with USAGE or MODEL_UNKNOWN for what cannot be asked. */
export function askedActs(query: URLSearchParams, catalog: Catalog, now: Date): AskedActs {
  const given = (name: string) => query.get(name)?.trim().slice(0, 500) || undefined;
  const name = given("model");
  // Acts are recorded under the folder's name, whatever the model is called since.
  const model = name === undefined ? undefined : catalog.find(name)?.name;
  if (name !== undefined && model === undefined)
    throw new SlipwayError("MODEL_UNKNOWN", "There is no such model", { found: name });
  const version = given("version");
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))
    throw new SlipwayError("USAGE", "A version is a number from 1", { found: version });
  const before = given("before");
  if (before !== undefined && !CommitId.safeParse(before).success)
    throw new SlipwayError("USAGE", "`before` is the id of a commit", { found: before });
  const branch = given("branch") ?? "registry";
  return {
    branch: BRANCHES.find((each) => each === branch) ?? "registry",
    filter: {
      ...{ model, version: version === undefined ? undefined : Number(version) },
      ...{ act: given("act"), by: given("by"), stage: given("stage")?.toLowerCase() },
      since: moment("since", given("since"), now),
      until: moment("until", given("until"), now, true),
    },
    words: (given("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10),
    before,
  };
}

/** Whether all acts are asked for. */
export function asksForAll({ filter, words }: Pick<AskedActs, "filter" | "words">): boolean {
  return words.length === 0 && Object.values(filter).every((value) => value === undefined);
}
