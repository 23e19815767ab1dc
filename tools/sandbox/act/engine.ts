import { rm } from "node:fs/promises";
import path from "node:path";
import { type Attempt, type Engine, isFork, type Result, type Scope } from "../runner/attempt.ts";
import { narrow } from "../runner/permissions.ts";
import type { WorkflowFile } from "../runner/workflow-file.ts";
import type { Permissions } from "../state.ts";
import { addToken } from "../world/accounts.ts";
import { type ActPrograms, actCommand } from "./command.ts";
import { exportedTree } from "./exported-tree.ts";
import { openJobRecords } from "./job-records.ts";
import { runAct } from "./run-act.ts";
import { openWorkTree } from "./work-tree.ts";

/** act crashes in about one of 400 runs (`concurrent map read and map write`), and says so with this exit code. */
const CRASHED = 2;
const TRIES = 3;

/**
 * Runs workflows with act, in place of the stand-in's own steps. Every job of an attempt shares one token, with what the
 * workflow's own jobs ask for together; all jobs run again where GitHub would run failed ones alone.
 */
export function actEngine(programs: ActPrograms): Engine {
  const exports = new Map<string, Promise<string>>();
  return async (attempt, scope) => {
    const { packaged } = attempt.options;
    const tree = exports.get(packaged.folder) ?? exportedTree(packaged, path.join(attempt.state.folder, "act-export"));
    exports.set(packaged.folder, tree);
    for (let tries = 1; ; tries += 1) {
      const result = await tryOnce(attempt, scope, { ...programs, tree: await tree }, tries);
      if (result !== undefined) return result;
    }
  };
}

/** Undefined where act crashed and may be asked again: what it left is removed. */
async function tryOnce(
  attempt: Attempt,
  scope: Scope,
  programs: ActPrograms & { tree: string },
  tries: number,
): Promise<Result | undefined> {
  const { state, repo, run } = attempt;
  const before = { jobs: run.jobs.length, artifacts: new Set(repo.artifacts.keys()) };
  const root = path.join(state.folder, "act", `${run.id}-${run.attempt}-${tries}`);
  const token = addToken(state, {
    ...{ kind: "installation", app: state.actions, installation: undefined, repositories: new Set([repo]) },
    permissions: together(scope.file, isFork(attempt)),
    expiresAt: new Date(Date.parse(state.now()) + 86_400_000).toISOString(),
  });
  run.worker = { id: state.nextId(), uploads: `${run.attempt}-${tries}` };
  try {
    const tree = await openWorkTree(attempt, root);
    const command = await actCommand(attempt, scope, { programs, root, tree, token });
    const records = openJobRecords(attempt, scope, programs.tree);
    const { code, said } = await runAct(command, (line) => records.take(line), scope.cancel);
    if (code === CRASHED && tries < TRIES && !scope.cancel.aborted) {
      for (const { id } of run.jobs.splice(before.jobs)) repo.checks.delete(id);
      for (const [id, artifact] of repo.artifacts)
        if (artifact.run === run && !before.artifacts.has(id)) repo.artifacts.delete(id);
      return undefined;
    }
    return records.end({ code, said });
  } finally {
    run.worker = undefined;
    state.tokens.delete(token);
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

const RANK = { read: 1, write: 2, admin: 3 } as const;

/** What the jobs of a file ask for, each the most that any of them does. */
function together({ jobs, permissions }: WorkflowFile, readOnly: boolean): Permissions {
  const all: Record<string, keyof typeof RANK> = {};
  for (const job of Object.values(jobs))
    for (const [scope, level] of Object.entries(narrow(job.permissions ?? permissions, undefined, readOnly)))
      if (RANK[level] > (all[scope] === undefined ? 0 : RANK[all[scope]])) all[scope] = level;
  return all;
}
