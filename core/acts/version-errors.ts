import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { WrongRow } from "../../schemas/wrong-row.ts";
import { labelColumn } from "../data/roles.ts";
import type { Scored } from "../metrics/scored.ts";
import { versionWithOpenRows } from "./open-rows.ts";
import type { Ports } from "./ports.ts";
import type { Reference } from "./reference.ts";
import { withVersionRows } from "./version-rows.ts";

export interface VersionErrors {
  manifest: Manifest;
  /** Test rows in all. */
  rows: number;
  /** The surest mistakes first, or the largest residuals; in the rows' order where nothing tells. */
  wrong: WrongRow[];
}

/**
 * The test rows that a version got wrong, from its kept predictions and the labels at its own commit, as this machine can read
 * them. Nothing of it is written anywhere. What the spec calls sensitive is left out. Rejects as versionWithOpenRows and
 * withVersionRows do.
 */
export async function versionErrors(ports: Ports, reference: Reference): Promise<VersionErrors> {
  const { manifest, model } = await versionWithOpenRows(
    ports,
    reference,
    (version) => `Which rows ${version} got wrong is not shown`,
  );
  return withVersionRows(ports, { model, manifest }, async ({ scored }) => ({
    manifest,
    rows: scored.ids.length,
    wrong: wrongRows(scored, model.spec),
  }));
}

/** Pure: the rows whose prediction is not their label. */
export function wrongRows(scored: Scored, spec: ModelSpec): WrongRow[] {
  const hidden = (column: string | undefined) =>
    column !== undefined && spec.data.columns?.[column]?.sensitive === true;
  const [withoutId, withoutLabel] = [hidden(spec.data.id), hidden(labelColumn(spec))];
  const { ids, labels, predictions, probabilities } = scored;
  const rows = ids.flatMap((id, at): (WrongRow & { weight: number })[] => {
    const [label, prediction] = [labels[at], predictions[at]];
    if (label === undefined || prediction === undefined || label === prediction) return [];
    const residual = typeof label === "number" && typeof prediction === "number" ? prediction - label : undefined;
    const k = probabilities?.classes.length ?? 0;
    const place = probabilities?.classes.indexOf(prediction) ?? -1;
    const probability = place < 0 ? undefined : probabilities?.values[at * k + place];
    const regression = spec.task === "regression" ? residual : undefined;
    return [
      {
        row: at + 1,
        ...(withoutId ? {} : { id }),
        ...(withoutLabel ? {} : { label, prediction }),
        ...(withoutLabel || regression === undefined ? {} : { residual: regression }),
        ...(withoutLabel || probability === undefined ? {} : { probability }),
        weight: regression === undefined ? (probability ?? 0) : Math.abs(regression),
      },
    ];
  });
  // Their order would tell of labels that nobody may see.
  if (!withoutLabel) rows.sort((a, b) => b.weight - a.weight || a.row - b.row);
  return rows.map(({ weight: _, ...row }) => row);
}
