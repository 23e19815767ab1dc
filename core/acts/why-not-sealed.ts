import type { Policy, StoreChoice } from "../../schemas/policy.ts";

/** What the job that scores can show of how the labels are kept from jobs with user code. */
export interface Sealing {
  /** Names of the credentials that this job alone was given. */
  given: readonly string[];
  /** Why other runs than the default branch's get them; undefined if none does. */
  sharedBy(): Promise<string | undefined>;
  /** Whether the file opens on a runner without them: as the policy's store is read, where it is in the same place. */
  opensWithout(uri: string, store: StoreChoice | undefined): Promise<boolean>;
}

/**
 * Why labels at these URIs are not sealed from user code; undefined: they are. Asked by the job that opened them, which runs
 * none of it, of the default branch's policy.
 */
export async function whyNotSealed(
  uris: readonly string[],
  { secrets, artifacts }: Pick<Policy, "secrets" | "artifacts">,
  { given, sharedBy, opensWithout }: Sealing,
): Promise<string | undefined> {
  if (uris.some((uri) => uri.startsWith("file:"))) return "they are files of the runner, as any job there finds them";
  if (given.length === 0)
    return "the job that opened them was given no credentials of its own: what it opens, any job opens";
  for (const stage of ["train", "predict"] as const) {
    const shared = given.find((name) => secrets?.[stage]?.includes(name));
    if (shared !== undefined) return `slipway.yaml gives ${shared} to ${stage} too`;
  }
  const others = await sharedBy();
  if (others !== undefined) return others;
  for (const uri of uris)
    if (await opensWithout(uri, artifacts?.store))
      return "anyone on a runner can read them: they open without credentials";
  return undefined;
}
