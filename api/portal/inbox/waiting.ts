import { approvalsOf, countingApprovals, samePerson } from "../../../core/promotion/approvals.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import type { Approval } from "../../../schemas/decision.ts";
import type { Person } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import { modelIndex } from "../model-index/open-index.ts";
import type { PortalHost } from "../request/host.ts";

/** A request that waits, and its model. */
export interface Waiting {
  model: CatalogModel;
  request: PromotionRequest;
}

/** The same, with what it waits for. */
export interface ExplainedWaiting extends Waiting {
  needed: number;
  /** Approvals that count. */
  given: readonly Approval[];
  /** Whether this person approved it before. */
  isApproved: boolean;
}

/** Every request that waits, newest first: of what is in memory. */
export async function waitingRequests(host: PortalHost, catalog: Catalog): Promise<Waiting[]> {
  const models = await modelIndex(host).models(catalog);
  const all = models.flatMap(({ model, waiting }) => waiting.map((request) => ({ model, request })));
  return all.sort((a, b) => (a.request.requested_at < b.request.requested_at ? 1 : -1));
}

/** Reads what was said of requests: of those that a page shows. */
export async function explainWaiting(
  { ports }: PortalHost,
  { commit }: Catalog,
  shown: readonly Waiting[],
  { policy, me }: { policy: Policy; me: Person },
): Promise<ExplainedWaiting[]> {
  const snapshot = await readSnapshot(ports.objects, commit);
  return Promise.all(
    shown.map(async ({ model, request }) => {
      const approvals = approvalsOf(request, await snapshot.list("review", model.name));
      const given = countingApprovals({
        ...{ approvals, manifestBlob: request.manifest, requestedBy: request.requested_by },
        identifiesUsers: ports.identifiesUsers,
      });
      const needed = policy.approvals?.[request.stage] ?? 0;
      return { model, request, needed, given, isApproved: given.some(({ by }) => samePerson(by, me)) };
    }),
  );
}
