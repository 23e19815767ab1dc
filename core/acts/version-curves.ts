import { versionWithOpenRows } from "./open-rows.ts";
import type { Ports } from "./ports.ts";
import type { Reference } from "./reference.ts";
import { type RowCurves, rowCurves } from "./row-curves.ts";
import { withVersionRows } from "./version-rows.ts";

/**
 * Curves over the test rows of a version, from its kept predictions and the labels at its own commit. Nothing of it is written
 * anywhere, and no gate is asked. Rejects as versionWithOpenRows and withVersionRows do.
 */
export async function versionCurves(ports: Ports, reference: Reference): Promise<RowCurves> {
  const about = await versionWithOpenRows(ports, reference, (version) => `The curves of ${version} are not shown`);
  return withVersionRows(ports, about, async ({ scored }) => rowCurves(scored));
}
