import type { Permissions } from "../state.ts";
import { type Attempt, isFork, type Scope } from "./attempt.ts";
import { narrow } from "./permissions.ts";
import { calledBy, locate, parseWorkflow, type WorkflowFile } from "./workflow-file.ts";

/**
 * Looks through the workflows that a file calls, and those that they call, before anything runs: GitHub ends a run at its
 * start where a called workflow cannot be had or read, asks for more than its caller grants, or is handed or uses a secret
 * that it does not declare. Rejects with what is wrong.
 */
export async function checkCalls(attempt: Attempt, { file, origin }: Pick<Scope, "file" | "origin">): Promise<void> {
  await checkFile(attempt, attempt.run.workflow.path, file, origin, undefined, 1);
}

/** How deep GitHub lets workflows call each other. */
const DEEPEST = 10;

async function checkFile(
  attempt: Attempt,
  where: string,
  file: WorkflowFile,
  origin: Scope["origin"],
  ceiling: Permissions | undefined,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) throw new Error(`${where}: workflows call each other more than ${DEEPEST} deep`);
  for (const [id, job] of Object.entries(file.jobs)) {
    const at = `${where}: jobs.${id}`;
    let granted: Permissions;
    try {
      granted = narrow(job.permissions ?? file.permissions, ceiling, isFork(attempt));
    } catch (error) {
      throw new Error(`${at}: ${error instanceof Error ? error.message : error}`);
    }
    if (job.uses === undefined) continue;
    const [from, path] = locate(job.uses, origin, attempt.options.packaged);
    const text = await from.read(path);
    if (text === undefined) throw new Error(`${at}: ${job.uses} is not there`);
    const called = parseWorkflow(path, text);
    const { secrets = {} } = calledBy(called);
    for (const name of job.secrets === "inherit" ? [] : Object.keys(job.secrets ?? {}))
      if (!Object.hasOwn(secrets, name)) throw new Error(`${at}: ${path} declares no secret ${name}`);
    for (const [name, secret] of Object.entries(secrets))
      if (secret?.required === true && job.secrets !== "inherit" && !Object.hasOwn(job.secrets ?? {}, name))
        throw new Error(`${at}: ${path} requires the secret ${name}`);
    for (const [, name = ""] of text.matchAll(/\$\{\{[^}]*\bsecrets\.([A-Za-z_][\w-]*)/g))
      if (!Object.hasOwn(secrets, name) && name !== "GITHUB_TOKEN")
        throw new Error(`${path}: secrets.${name} is used and not declared`);
    await checkFile(attempt, path, called, from, granted, depth + 1);
  }
}
