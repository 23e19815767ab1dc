import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { Person } from "../../schemas/names.ts";
import type { MlflowHost } from "./host.ts";

export const MAX_RUN_BYTES = 2 * 1024 * 1024;
const RunId = z.string().regex(/^[0-9a-f]{32}$/);

/** `mlflow/runs/<id>.json` on the branch `experiments`. Times are MLflow's, in milliseconds. */
export const MlflowRun = z.object({
  slipway: z.literal(1),
  run_id: RunId,
  experiment_id: z.literal("0"),
  run_name: z.string().max(500),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  start_time: z.int(),
  end_time: z.int().optional(),
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), z.object({ value: z.number(), timestamp: z.int(), step: z.int() })),
  tags: z.record(z.string(), z.string()),
  by: Person,
});
export type MlflowRun = z.infer<typeof MlflowRun>;

/** A run as it is shown; its artifacts are its uploads unless it says otherwise. */
export interface RunShown extends Omit<MlflowRun, "slipway"> {
  artifact_uri?: string;
}

/** A run, and where its uploads are; undefined if there is none. */
export async function runRecord(
  host: MlflowHost,
  id: string,
): Promise<(MlflowRun & { artifacts: string }) | undefined> {
  if (!RunId.safeParse(id).success) return undefined;
  const content = await host.experiments.read(runPath(id), MAX_RUN_BYTES);
  if (content === undefined) return undefined;
  const parsed = MlflowRun.safeParse(JSON.parse(content.toString()));
  if (!parsed.success)
    throw new SlipwayError("REGISTRY_CORRUPT", `The branch experiments holds no run at ${runPath(id)}`);
  return { ...parsed.data, artifacts: `0/${id}/artifacts` };
}

/** On the branch `experiments`. */
export function runPath(id: string): string {
  return `mlflow/runs/${id}.json`;
}
