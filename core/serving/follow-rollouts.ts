import type { CommitId, ModelName } from "../../schemas/names.ts";
import type { Ports } from "../acts/ports.ts";
import { rollingOut } from "../acts/rolling-out.ts";
import { currentSigners } from "../acts/signers.ts";
import { canonicalJson } from "../canonical.ts";
import type { CatalogModel } from "../registry/catalog.ts";
import { readSnapshot } from "../registry/snapshot.ts";
import { currentRollout } from "../rollout/state.ts";
import type { Endpoint } from "./endpoint.ts";
import { verifyTarget } from "./verify-target.ts";

/** Brings endpoints to what the registry has on its way into their stage. */
export interface FollowedRollouts {
  take(
    tip: CommitId | undefined,
    models: readonly CatalogModel[],
    endpointOf: (model: ModelName) => Endpoint | undefined,
  ): Promise<void>;
}

/** Milliseconds until a version that was refused is looked at again. */
const AGAIN = 10_000;

/** What cannot be handed out does not roll out here: the live version goes on answering everybody, and the endpoint says why. */
export function followRollouts(ports: Ports, stage: string): FollowedRollouts {
  const known = new Map<ModelName, { state: string; again?: number }>();
  const { clock } = ports;

  async function bring(tip: CommitId, model: CatalogModel, endpoint: Endpoint): Promise<void> {
    if (currentRollout(model.record, stage) === undefined) return endpoint.aimBeside(undefined);
    const [snapshot, signers] = [await readSnapshot(ports.objects, tip), await currentSigners(ports)];
    const rolling = await rollingOut(ports, snapshot, model.record, stage, signers);
    if (rolling === undefined) return;
    const { state, decision, plan } = rolling;
    const target = { model: model.name, stage, version: state.version, decision: decision.id };
    const verified = await verifyTarget(ports, target, { tip, signers, rolls: true });
    endpoint.aimBeside({ ...verified, plan, step: state.step, since: state.since });
  }

  return {
    async take(tip, models, endpointOf) {
      const now = clock().getTime();
      for (const model of models) {
        const endpoint = endpointOf(model.name);
        if (endpoint === undefined || tip === undefined) continue;
        const rollout = currentRollout(model.record, stage);
        const state = rollout === undefined ? "" : canonicalJson({ ...rollout, n: 0, paused: undefined });
        const before = known.get(model.name);
        if ((before?.state ?? "") === state && now < (before?.again ?? Number.POSITIVE_INFINITY)) continue;
        try {
          await bring(tip, model, endpoint);
          known.set(model.name, { state });
        } catch (error) {
          if (before?.state !== state) endpoint.refuseBeside(rollout, error);
          known.set(model.name, { state, again: now + AGAIN });
        }
      }
    },
  };
}
