import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keepSummary } from "../../core/acts/local-runs-here.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { ownerOf } from "../../core/process-owner.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { RunStart } from "../../schemas/run-summary.ts";
import { runResult } from "../report/run-result.ts";

/** A run's id: the hour says how new it is, the digits which one. */
export const runId = (hour: number, digits: string) =>
  `20260301T${String(hour).padStart(2, "0")}0000Z-${digits.repeat(8).slice(0, 8)}`;

/** A run that has ended, as its folder in `.slipway/runs` has it. */
export async function endedRun(
  state: string,
  run: string,
  about: Partial<RunResult> = {},
  files: Record<string, string> = {},
): Promise<RunResult> {
  const hour = run.slice(9, 11);
  const result = runResult({ run, started_at: `2026-03-01T${hour}:00:00.000Z`, ...about });
  const folder = write(state, run, { "result.json": canonicalJson(result), ...files });
  await keepSummary(folder, result);
  return result;
}

/** A run that has begun; it goes on for as long as this process, or, with `gone`, its process is no more. */
export function begunRun(
  state: string,
  run: string,
  { gone = false, files = {}, ...about }: Partial<RunStart> & { gone?: boolean; files?: Record<string, string> } = {},
): void {
  const start: RunStart = {
    ...{ slipway: 1, run, model: "penguins", source: { dirty: true }, binding: false, seed: 7, params: '{"trees":50}' },
    ...{ started_at: `2026-03-01T${run.slice(9, 11)}:00:00.000Z`, ...about },
  };
  const owner = ownerOf(process.pid);
  const said = gone ? { ...owner, boot: "another" } : owner;
  write(state, run, { "run.json": JSON.stringify(start), "owner.json": JSON.stringify(said), ...files });
}

function write(state: string, run: string, files: Record<string, string>): string {
  const folder = join(state, "runs", run);
  mkdirSync(join(folder, "logs"), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}
