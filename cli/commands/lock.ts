import { join } from "node:path";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { lockRemoteData } from "../../core/data/remote/lock.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { readDataLock } from "../../core/plan/data-lock.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { loadProject } from "../../core/spec/project.ts";
import { writeDurably } from "../../core/write-durably.ts";
import type { LockResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";

/** `slipway lock [models…]`: pins remote data, file by file, in data.lock.json beside each spec. */
export async function run(session: Session, args: { models?: string[] }): Promise<CommandOutcome> {
  const workspace = await openWorkspace(session.folder);
  if (workspace.bare) throw new SlipwayError("USAGE", "a bare repository has no work tree to write a lock into");
  const tree = await openWorkTree(workspace.folder);
  const { models, problems } = await loadProject(
    tree,
    METRIC_RULES,
    args.models?.length ? { models: args.models } : {},
  );
  refuseProblems(problems);
  const result: LockResult = { models: [] };
  for (const { name, folder, spec, path, position } of models.values()) {
    const step = session.progress.start(`lock ${name}`);
    const previous = await readDataLock(tree, folder);
    const fetcher = { cache: join(workspace.state, "cache"), signal: session.signal };
    const lock = await lockRemoteData({ folder, spec, path, position }, fetcher, previous);
    const file = `${folder}/data.lock.json`;
    const changed = canonicalJson(previous ?? { slipway: 1, files: [] }) !== canonicalJson(lock);
    if (changed) await writeDurably(join(workspace.folder, file), canonicalJson(lock));
    result.models.push({ model: name, file, uris: lock.files.length, changed });
    step.done(lock.files.length === 0 ? "no remote data" : `${lock.files.length} pinned`);
  }
  const changed = result.models.filter((each) => each.changed);
  const lines = changed.map(({ file, uris }) => `${session.colors.green("+")} ${file}: ${uris} pinned`);
  return {
    result,
    text: [...lines, changed.length === 0 ? "nothing to pin anew" : "commit what was pinned"].join("\n"),
  };
}
