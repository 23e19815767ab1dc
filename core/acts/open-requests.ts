import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";

/** The model's requests that wait for approvals, newest last; with `issue`, those asked for there alone. */
export async function openRequests(
  _snapshot: RegistrySnapshot,
  _of: { model: string; issue?: number | undefined },
): Promise<PromotionRequest[]> {
  throw new Error("not there yet");
}
