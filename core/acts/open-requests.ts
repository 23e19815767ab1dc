import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import { requestState } from "../promotion/request-state.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";

/** The model's requests that wait for approvals, newest last; with `issue`, those asked for there alone. */
export async function openRequests(
  snapshot: RegistrySnapshot,
  { model, issue }: { model: string; issue?: number | undefined },
): Promise<PromotionRequest[]> {
  const asked = (await snapshot.list("request", model)).filter(
    ({ source }) => issue === undefined || source.issue === issue,
  );
  if (asked.length === 0) return [];
  const records = { decisions: await snapshot.list("decision", model), reviews: await snapshot.list("review", model) };
  return asked.filter((request) => requestState(request, records).state === "open");
}
