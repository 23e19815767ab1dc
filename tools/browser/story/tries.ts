import { listRuns } from "../../../core/acts/list-runs.ts";
import { localRuns } from "../../../core/acts/local-runs-here.ts";
import { noteRun } from "../../../core/acts/note-run.ts";
import { soundProject } from "../../../core/acts/project.ts";
import { runOne } from "../../../core/acts/run.ts";
import { shareRuns } from "../../../core/acts/share-runs.ts";
import { openExperiments } from "../../../core/experiments/open.ts";
import { openRunRecords } from "../../../core/experiments/run-records.ts";
import { openWorkTree } from "../../../core/source/worktree.ts";
import type { LoadedModel } from "../../../core/spec/project.ts";
import { withSettings } from "../../../core/spec/settings.ts";
import { ADA, type StoryRepository } from "./repository.ts";

/** Tries other params on the work tree, stars the first try, and shares all runs of the model on the branch `experiments`. */
export async function tryParams({ ports }: StoryRepository, model: string, tries: readonly string[]): Promise<void> {
  const tree = await openWorkTree(ports.workspace.folder);
  const project = await soundProject(tree, [model]);
  const spec = project.models.get(model) as LoadedModel;
  const started: string[] = [];
  for (const tried of tries) {
    const source = { commit: undefined, dirty: false };
    const about = { project, model: withSettings(spec, [tried]), tree, source, tried: [tried], binding: false };
    started.push((await runOne(ports, about)).run.run);
  }
  const experiments = openExperiments(ports.objects, undefined);
  const places = { local: localRuns(ports.workspace), experiments, clock: ports.clock };
  const runs = await listRuns({ local: places.local, records: openRunRecords(experiments) }, model);
  const first = runs.find(({ run }) => run === started[0]);
  if (first !== undefined) await noteRun(places, first, { starred: true, note: "As good, and quicker" }, ADA);
  await shareRuns(places, runs, ADA);
}
