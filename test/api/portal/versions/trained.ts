import { registerModel } from "../../../../core/acts/register.ts";
import { publishWithRetry } from "../../../../core/registry/commit-act.ts";
import { registrationChange } from "../../../../core/registry/records.ts";
import type { Manifest } from "../../../../schemas/manifest.ts";
import { SPEC } from "../../../e2e/tiny-model.ts";
import { ADA } from "../../../registry/builders.ts";
import { arrangeModels } from "../../../stages/models.ts";
import { testPortal } from "../server.ts";

/** As the tiny model's, with a probability that falls with the distance from the threshold. */
const PREDICT = `import { readFileSync, writeFileSync } from "node:fs";
const { SLIPWAY_FEATURES, SLIPWAY_MODEL, SLIPWAY_PREDICTIONS } = process.env;
const { threshold } = JSON.parse(readFileSync(SLIPWAY_MODEL + "/model.json", "utf8"));
const [head, ...rows] = readFileSync(SLIPWAY_FEATURES, "utf8").trim().split("\\n").map((line) => line.split(","));
const x = head.indexOf("x");
const lines = rows.map((row) => {
  const low = 1 / (1 + Math.exp((Number(row[x]) - threshold) / 10));
  return [row[0], low > 0.5 ? "low" : "high", 1 - low, low].join(",");
});
writeFileSync(SLIPWAY_PREDICTIONS, ["slipway_id,prediction,proba_high,proba_low", ...lines, ""].join("\\n"));
`;

/** A portal on a repository with a real version of `tiny` in production, and the means to make another. */
export async function trained(spec: Record<string, unknown> = {}) {
  const models = await arrangeModels({ spec, files: { "models/tiny/predict.mjs": PREDICT } });
  await models.ship();
  const portal = await testPortal({}, { on: models.ports });
  return {
    ...portal,
    /** Registers what main has, after these files changed and the threshold moved. */
    async again(threshold: number, files: Record<string, string> = {}): Promise<Manifest> {
      await models.repository.write(files);
      await models.spec({ train: { ...SPEC.train, params: { threshold } } });
      await models.repository.commit(`threshold ${threshold}`);
      const registered = await registerModel(models.ports, { model: "tiny", requestedBy: ADA });
      if (registered.outcome !== "registered") throw new Error(JSON.stringify(registered));
      return registered.manifest;
    },
    /** Registers what version 1 is once more, with another record. */
    async asVersion(version: number, change: (manifest: Manifest) => Partial<Manifest>): Promise<void> {
      await models.repository.write({ "notes.txt": `version ${version}` });
      const commit = await models.repository.commit(`version ${version}`);
      await publishWithRetry(models.ports.registry, async (snapshot) => {
        const found = await snapshot.manifest("tiny", 1);
        const record = await snapshot.model("tiny");
        if (found === undefined) throw new Error("no version 1");
        const at = new Date().toISOString();
        const again = { registered_at: at, tagged_at: `${at.slice(0, 19)}Z` };
        const source = { ...found.manifest.source, commit };
        return registrationChange({
          manifest: { ...found.manifest, ...again, version, source, ...change(found.manifest) },
          record,
        });
      });
    },
  };
}
