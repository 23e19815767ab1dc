import { knownModel, knownVersion } from "../../core/acts/registered.ts";
import { lineageOf } from "../../core/registry/lineage.ts";
import { modelCard } from "../../core/report/model-card.ts";
import type { CardResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { parseReference, referredVersion } from "../reference.ts";
import { withRegistry } from "../registry.ts";

/** `slipway card <model[@version|#stage]>`: a model card; of a model alone, of what is in production, or of the latest version. */
export async function run(session: Session, args: { what: string }, options: { remote?: string }): Promise<Outcome> {
  const reference = parseReference(args.what);
  return withRegistry(session, options.remote, async (registry) => {
    const snapshot = await registry.snapshot();
    const record = await knownModel(snapshot, reference.model);
    const wanted = referredVersion(record, reference) ?? record.stages["production"]?.version;
    const { manifest } = await knownVersion(snapshot, record, wanted);
    const { model, version } = manifest;
    const all = await snapshot.decisions(model);
    const markdown = modelCard({
      record,
      manifest,
      metadata: await snapshot.metadata(model, version),
      lineage: await lineageOf(snapshot, manifest, all),
      decisions: all.filter((decision) => decision.version === version),
    });
    const result: CardResult = { model, version, markdown };
    return { result, text: "", raw: markdown };
  });
}
