import { join } from "node:path";
import { bundleName } from "../../core/stages/actions-uri.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { PipelineStage } from "../../schemas/stage-record.ts";
import type { ArtifactPort, OtherRun } from "./ports.ts";

/** What earlier jobs handed over, on its way here. */
export interface Bundles {
  /** Begins to bring it, beside whatever else the job does before it is opened; who opens it hears how that went. */
  bundle(stage: PipelineStage, sha256: Sha256): BundleAt;
  /** Resolves once nothing is on its way any more. */
  settled(): Promise<void>;
}

/** The bundles of one model, brought into folders below `home`; of another run with `from`. */
export function bringBundles(artifacts: ArtifactPort, model: string, home: string, from?: OtherRun): Bundles {
  const coming = new Map<PipelineStage, Promise<void>>();
  return {
    bundle(stage, sha256) {
      const folder = join(home, `in-${stage}`);
      const brought = coming.get(stage) ?? artifacts.download(bundleName(stage, model), folder, from);
      coming.set(stage, brought);
      brought.catch(() => {});
      return { folder, sha256, bring: () => brought };
    },
    async settled() {
      await Promise.allSettled(coming.values());
    },
  };
}
