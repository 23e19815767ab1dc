import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataAccess } from "../data/remote/place.ts";
import { labelColumn } from "../data/roles.ts";
import { SlipwayError } from "../errors.ts";
import { answeringVersions } from "../monitoring/answered-rows.ts";
import { writeLabelled } from "../monitoring/export-labelled.ts";
import { importLabels } from "../monitoring/import-labels.ts";
import { findLabelFiles } from "../monitoring/label-files.ts";
import { withLog } from "../monitoring/log-session.ts";
import type { ModelLook } from "../monitoring/look-ports.ts";
import type { LookedVersion } from "../monitoring/look-window.ts";
import { versionsOf } from "../monitoring/versions-of-look.ts";
import { listLog } from "../serving/request-log/list-log.ts";
import { isWithin } from "../serving/request-log/read-log.ts";
import { openCommit } from "../source/commit.ts";
import { fileFormatOf } from "../spec/file-format.ts";
import { loadProject } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import { labelsOf } from "./monitor-places.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";
import { evaluatedVersion, knownModel } from "./registered.ts";
import { watchedSpec } from "./watched-models.ts";

export interface LabelledRequest {
  model: string;
  since: Date;
  until?: Date | undefined;
  /** Whose extension says the format. */
  out: string;
  access: DataAccess;
  signal?: AbortSignal | undefined;
}

/**
 * Writes a model's answered rows whose labels have come, as its training data have them: what `monitor.rows` keeps of a window.
 * Resolves to how many; without any there is no file. Rejects with POLICY_INVALID where the policy names no labels, SPEC_INVALID
 * where the model's spec names none, and as the places of log and labels do.
 */
export async function exportLabelledRequests(
  ports: Pick<Ports, "objects" | "registry" | "workspace" | "store" | "remote" | "clock"> &
    Required<Pick<Ports, "requestLog">>,
  { model, since, until, out, access, signal }: LabelledRequest,
): Promise<{ rows: number; notes: ModelLook["notes"] }> {
  const { objects, registry, workspace, store, requestLog } = ports;
  const { extension } = fileFormatOf(out);
  const snapshot = await registry.snapshot();
  const record = await knownModel(snapshot, model);
  const project = await loadProject(openCommit(objects, (await decidingBranch(ports)).commit), METRIC_RULES);
  const loaded = watchedSpec(project, record);
  const location = labelsOf(project.policy, record);
  if (requestLog === undefined || location === undefined) throw noLabels(record.name);
  if (loaded === undefined || labelColumn(loaded.spec) === undefined) throw noLabel(record.name, loaded?.path);
  const stage = project.stages.at(-1) as string;
  const cache = join(workspace.state, "cache", "monitoring");
  const found = await findLabelFiles(location, { root: workspace.folder, cache, access });
  const labels = await found.bring();
  const range = { since, until };
  const files = (await listLog({ ...requestLog, signal }, record.name)).filter((file) => isWithin(file, range));
  return withLog(files, { signal, read: labels.map(({ path }) => path) }, async (session) => {
    const notes: ModelLook["notes"] = [];
    const told = await importLabels(session.db, labels, loaded.spec, ports.clock());
    notes.push(...told.notes.map((note) => ({ model: record.name, ...note })));
    const version = (number: number) => evaluatedVersion(snapshot, record.name, number);
    const versionOf = versionsOf({ version, store }, { model: record.name, loaded }, session, notes);
    const rows = await session.within(files, { since, until: until ?? NEVER }, async (logged) => {
      const versions: LookedVersion[] = [];
      for (const number of await answeringVersions(session.db, stage)) {
        const about = await versionOf(number);
        if (about !== undefined) versions.push(about);
      }
      const path = join(session.work, `labelled${extension}`);
      const count = await writeLabelled(
        session.db,
        { spec: loaded.spec, stage, versions, logged },
        { path, extension },
      );
      if (count > 0) await copyFile(path, out);
      return count;
    });
    return { rows, notes };
  });
}

const NEVER = new Date("9999-01-01T00:00:00Z");

function noLabels(model: string): SlipwayError {
  return new SlipwayError("POLICY_INVALID", `The policy does not say where the labels of ${model} come to`, {
    expected: `monitor: { requests: { store: … }, labels: { ${model}: s3://BUCKET/labels/*.parquet } } in slipway.yaml of the default branch`,
    found: "no such key",
  });
}

function noLabel(model: string, file: string | undefined): SlipwayError {
  return new SlipwayError("SPEC_INVALID", `The spec of ${model} names no label`, {
    ...(file === undefined ? {} : { file }),
    expected: "data.label: the column that labelled rows have it in",
  });
}
