import { openRequests } from "../../../core/acts/open-requests.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { listReport, modelReport } from "../../../core/report/registry-reports.ts";
import type { Report, Section } from "../../../core/report/report.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import type { Answer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

const MOST_MODELS = 30;
const MOST_VERSIONS = 10;

/** `/status`: the model that is named, those of this pull request, that of this issue of alarms, or all models. */
export async function status(
  { context, thread, known }: CommandContext,
  { model }: CommandArguments["status"],
): Promise<Answer> {
  const snapshot = await registryOf(context);
  const own = model === undefined && thread.kind === "pull" ? thread.models.map((each) => each.model) : undefined;
  if (own?.length === 0 || (model === undefined && thread.kind === "issue")) return all(snapshot);
  const names = own ?? [resolveModel(model, thread, known)];
  const reports: Section[] = [];
  const said: string[] = [];
  for (const name of names.slice(0, MOST_MODELS)) {
    const report = await ofModel(snapshot, name);
    said.push(
      report === undefined ? `${name}: nothing is registered yet.` : `${name}: ${report.verdict.text}.`,
      ...(report?.notices ?? []),
    );
    reports.push(
      ...(report?.sections ?? []).map((section) => ({
        ...section,
        title: names.length === 1 ? section.title : `${name}: ${section.title}`,
      })),
    );
  }
  return {
    sign: "note",
    title: names.length === 1 ? `How ${names[0]} stands` : `How ${names.length} models stand`,
    points: said,
    sections: reports,
  };
}

async function all(snapshot: RegistrySnapshot): Promise<Answer> {
  const names = await snapshot.models({ limit: MOST_MODELS + 1 });
  const shown = names.slice(0, MOST_MODELS);
  const records = (await Promise.all(shown.map((name) => snapshot.model(name)))).filter(
    (record) => record !== undefined,
  );
  const { verdict, sections } = listReport(records, false);
  const more = names.length > shown.length;
  return {
    sign: "note",
    title: `Registry: ${more ? `the first ${shown.length} models` : verdict.text}`,
    sections,
    next:
      records.length === 0
        ? "Merging a pull request that trains a model makes a first version."
        : "`/status model` tells a model's versions.",
  };
}

async function ofModel(snapshot: RegistrySnapshot, model: string): Promise<Report | undefined> {
  const record = await snapshot.model(model);
  if (record === undefined) return undefined;
  const versions = (await snapshot.versions(model)).slice(-MOST_VERSIONS).reverse();
  const manifests = await Promise.all(versions.map((version) => snapshot.manifest(model, version)));
  const waiting = await openRequests(snapshot, { model });
  return modelReport(
    record,
    manifests.flatMap((found) => (found === undefined ? [] : [found.manifest])),
    waiting,
  );
}
