import { decidingBranch } from "../../../core/acts/binding.ts";
import { readPolicy } from "../../../core/acts/policy.ts";
import type { ProposedFiles } from "../../../core/acts/propose.ts";
import { sha256 } from "../../../core/canonical.ts";
import type { ActOutcome, FormRequest } from "../request/form.ts";
import { denied } from "./refused.ts";

/** Proposes files in a person's name, on a branch of this form's own: sent twice, it is the same branch. */
export async function propose(
  { host, visitor, source }: FormRequest,
  { kind, ...proposal }: Omit<ProposedFiles, "branch" | "by"> & { kind: string },
): Promise<ActOutcome> {
  if (host.propose === undefined)
    return { outcome: "refused", code: "UNSUPPORTED", title: "Nothing can be proposed from here" };
  const { commit } = await decidingBranch(host.ports);
  // Whoever may write may propose, whatever the policy says; one that cannot be read keeps nobody from mending it.
  const policy = await readPolicy(host.ports, commit).catch(() => ({ slipway: 1 }) as const);
  const refusal = await visitor.authorize?.("propose")(policy);
  if (refusal) return denied(refusal);
  const branch = `slipway/${kind}-${sha256(source.id).slice(0, 10)}`;
  const { url, branch: made } = await host.propose({ ...proposal, branch, by: visitor.person });
  if (url !== undefined)
    return {
      outcome: "done",
      said: `${proposal.title}: a pull request is open.`,
      link: { url, words: "The pull request" },
    };
  return { outcome: "done", said: `It is on the branch ${made}. Look at it, and merge it: git merge ${made}` };
}
