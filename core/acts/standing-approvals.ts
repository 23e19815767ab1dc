import type { Approval } from "../../schemas/decision.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { AuthorizeApprover } from "./authorize.ts";

/** The approvals of those who may still give one. A host that knows nobody's role lets all stand. */
export async function standingApprovals(
  approvals: readonly Approval[],
  policy: Policy,
  mayApprove: AuthorizeApprover | undefined,
): Promise<Approval[]> {
  if (mayApprove === undefined) return [...approvals];
  const refusals = await Promise.all(approvals.map(({ by }) => mayApprove(by)(policy)));
  return approvals.filter((_, at) => refusals[at] === undefined);
}
