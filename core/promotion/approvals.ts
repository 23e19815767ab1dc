import type { Approval, Refusal } from "../../schemas/decision.ts";
import type { BlobId, Person, StageName } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";

/** What was said yes to a request: an approval is of one request, and of the manifest that it names. */
export function approvalsOf(request: PromotionRequest, reviews: readonly Review[]): Approval[] {
  return reviews
    .filter(
      ({ verdict, request: of, manifest }) =>
        verdict === "approve" && of === request.id && manifest === request.manifest,
    )
    .map(({ by, at }) => ({ by, manifest: request.manifest, at }));
}

/** By their accounts where both have one; otherwise by logins or addresses, which ignore case. */
export function samePerson(a: Pick<Person, "id" | "account">, b: Pick<Person, "id" | "account">): boolean {
  if (a.account !== undefined && b.account !== undefined) return a.account === b.account;
  return a.id.toLowerCase() === b.id.toLowerCase();
}

/** One a person, for this very manifest, and none by who asked. */
export function countingApprovals({
  approvals,
  manifestBlob,
  requestedBy,
  identifiesUsers,
}: {
  approvals: readonly Approval[];
  manifestBlob: BlobId;
  requestedBy: Person;
  identifiesUsers: boolean;
}): Approval[] {
  if (!identifiesUsers) return [];
  const seen = [requestedBy];
  return approvals.filter(({ by, manifest }) => {
    if (manifest !== manifestBlob || seen.some((person) => samePerson(person, by))) return false;
    seen.push(by);
    return true;
  });
}

/** What is missing of the approvals that the policy asks for. */
export function approvalRefusals(
  { needed, stage, identifiesUsers }: { needed: number; stage: StageName; identifiesUsers: boolean },
  given: number,
): Refusal[] {
  if (needed <= given) return [];
  const people = (count: number) => (count === 1 ? "1 approval" : `${count} approvals`);
  if (!identifiesUsers) {
    return [
      {
        code: "APPROVALS_UNAVAILABLE",
        message: `The policy asks for ${people(needed)} before ${stage}, and on a plain repository nobody can identify a second person.`,
        hint: `Promote on GitHub, or set \`approvals: { ${stage}: 0 }\` in slipway.yaml on the default branch.`,
      },
    ];
  }
  return [
    {
      code: "APPROVALS_MISSING",
      message: `${stage} needs ${people(needed)} of this version by others than who asked; there ${given === 1 ? "is" : "are"} ${given}.`,
      hint: "Ask somebody else to approve this version.",
    },
  ];
}
