import { readFile } from "node:fs/promises";
import path from "node:path";
import { actEngine } from "../../../tools/sandbox/act/engine.ts";
import type { WorkflowRun } from "../../../tools/sandbox/state.ts";
import { program } from "../../../tools/servers/programs.ts";
import type { Models } from "../github/models.ts";

/** act and Node 24, as tools/build/servers.mjs brings them. */
export const engine = () => actEngine({ act: program("act"), node: program("node24") });

/** The jobs of a run's newest attempt, with how each ended; a job that did not run is not there. */
export function jobsOf(run: WorkflowRun): Record<string, string | null> {
  const jobs = run.jobs.filter(({ attempt, conclusion }) => attempt === run.attempt && conclusion !== "skipped");
  const named = jobs.map(({ name, conclusion }) => [name.replace(/result \d+ sha256:\w+$/, "result …"), conclusion]);
  return Object.fromEntries(named.sort());
}

/** What the job printed. */
export async function logOf(at: Models, run: WorkflowRun, name: string): Promise<string> {
  const job = run.jobs.findLast((each) => each.name === name);
  return await readFile(path.join(at.home.sandbox.state.folder, "logs", `${job?.id}.txt`), "utf8");
}
