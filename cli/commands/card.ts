import { checkedVersion } from "../../core/acts/checked-version.ts";
import { knownModel } from "../../core/acts/registered.ts";
import { lineageOf } from "../../core/registry/lineage.ts";
import { modelCard } from "../../core/report/model-card.ts";
import type { CardResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { parseReference } from "../reference.ts";
import { withRegistry } from "../registry.ts";

/**
 * `slipway card <model[@version|#stage]>`: a model card. A model's name alone means the version in production, or
 * else the latest.
 */
export async function run(
  session: Session,
  args: { what: string },
  options: { remote?: string },
): Promise<CommandOutcome> {
  const reference = parseReference(args.what);
  return withRegistry(session, options.remote, async (registry, objects) => {
    const snapshot = await registry.snapshot();
    const record = await knownModel(snapshot, reference.model);
    const { model: _, ...rest } = reference;
    const alone = Object.values(rest).every((part) => part === undefined);
    const wanted = alone && record.stages["production"] ? { ...reference, stage: "production" } : reference;
    const ports = { registry, objects, remote: options.remote };
    const { manifest } = await checkedVersion(ports, wanted, { snapshot });
    const { model, version } = manifest;
    const all = await snapshot.list("decision", model);
    const markdown = modelCard({
      record,
      manifest,
      metadata: await snapshot.read({ kind: "metadata", model, version }),
      lineage: await lineageOf(snapshot, manifest, all),
      decisions: all.filter((decision) => decision.version === version),
    });
    const result: CardResult = { model, version, markdown };
    return { result, text: "", raw: markdown };
  });
}
