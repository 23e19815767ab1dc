import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installedEvidently } from "../../conformance/real-tools.ts";

const SCRIPT = fileURLToPath(new URL("evidently_drift.py", import.meta.url));

/** Evidently's report on drift, of the same two frames: milliseconds of its run alone, its start and reading left out. */
export async function evidently(reference: string, current: string, columns: readonly string[]): Promise<number> {
  const python = await installedEvidently();
  const env = { DO_NOT_TRACK: "1", OMP_NUM_THREADS: "1" };
  const { stdout } = await execa(python, [SCRIPT, reference, current, JSON.stringify(columns)], { env });
  return 1_000 * (JSON.parse(stdout) as { seconds: number }).seconds;
}
