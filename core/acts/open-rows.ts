import type { Manifest } from "../../schemas/manifest.ts";
import { labelColumn } from "../data/roles.ts";
import { SlipwayError } from "../errors.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import { checkedVersion } from "./checked-version.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";
import type { Reference } from "./reference.ts";

/**
 * A version and its model, of which everybody who reads the repository may see how single rows came out: its labels stand in the
 * test rows, and its values are exact. `hidden` says what is not shown otherwise: 'Which rows penguins version 2 got wrong is
 * not shown'. Rejects as checkedVersion does, and with NOT_EVALUATED or UNSUPPORTED where nothing tells what is wrong, or nobody
 * is to see it.
 */
export async function versionWithOpenRows(
  ports: Ports,
  reference: Reference,
  hidden: (version: string) => string,
): Promise<{ manifest: Manifest; model: RunnableModel }> {
  const { manifest } = await checkedVersion(ports, reference);
  const { model: name, version } = manifest;
  const called = `${name} version ${version}`;
  if (manifest.imported && !manifest.evaluation.binding)
    throw new SlipwayError("NOT_EVALUATED", `${called} was imported: nobody predicted with it`, {
      expected: "a version that a run made, or that was evaluated since",
      hint: `slipway evaluate ${name}@${version}`,
    });
  const model = await modelOf(ports, manifest);
  if (model.spec.data.labels !== undefined)
    throw new SlipwayError("UNSUPPORTED", hidden(called), {
      expected:
        "labels that stand in the test rows; data.labels keeps these apart, and a row that is wrong tells its label",
      hint: "Whoever may open the labels can join them to the predictions, which `slipway pull` brings.",
    });
  if (manifest.evaluation.values === "steps")
    throw new SlipwayError("UNSUPPORTED", hidden(called), {
      expected: "a version whose values are exact; these are in steps, so that nobody climbs on the rows that decide",
      hint: `slipway run ${name} scores the preview, whose rows decide nothing`,
    });
  if (labelColumn(model.spec) === undefined || model.spec.task === "custom")
    throw new SlipwayError("UNSUPPORTED", `The task of ${name} is custom: no label says which rows are wrong`, {
      expected: "a classification or a regression",
    });
  return { manifest, model };
}
