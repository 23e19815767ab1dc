import type { Policy } from "../../schemas/policy.ts";

/** What the job that scores can show of how the labels are kept from jobs with user code. */
export interface Sealing {
  /** Names of the credentials that this job alone was given. */
  given: readonly string[];
  /** Why other runs than the default branch's get them; undefined if none does. */
  sharedBy(): Promise<string | undefined>;
  /** Whether the file opens on a runner without them. */
  opensWithout(uri: string): Promise<boolean>;
}

/**
 * Why labels at these URIs are not sealed from user code; undefined: they are. Asked by the job that opened them, which runs
 * none of it, of the default branch's policy.
 */
export async function whyNotSealed(
  uris: readonly string[],
  policy: Pick<Policy, "secrets">,
  { given, sharedBy, opensWithout }: Sealing,
): Promise<string | undefined> {
  if (uris.some((uri) => uri.startsWith("file:"))) return "they are files of the runner, as any job there finds them";
  if (given.length === 0)
    return "the job that opened them was given no credentials of its own: what it opens, any job opens";
  for (const stage of ["train", "predict"] as const) {
    const shared = given.find((name) => policy.secrets?.[stage]?.includes(name));
    if (shared !== undefined) return `slipway.yaml gives ${shared} to ${stage} too`;
  }
  const others = await sharedBy();
  if (others !== undefined) return others;
  for (const uri of uris)
    if (await opensWithout(uri)) return "anyone on a runner can read them: they open without credentials";
  return undefined;
}
