import type { TestSetPrice } from "../../schemas/cli-output.ts";
import type { Lineage } from "../../schemas/lineage.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { SignedTag } from "../../schemas/tag-signature.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { toSecond } from "../clock.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { unitOf } from "../gates/gate-words.ts";
import { readParams } from "../json-text.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { bytesWords } from "./bytes-words.ts";
import { textOnOneLine } from "./diff-versions.ts";
import { gateSection } from "./gate-section.ts";
import { importedMetricsSection } from "./imported-metrics-section.ts";
import { lineageRows } from "./lineage-words.ts";
import { metricSection, sliceSection } from "./metric-sections.ts";
import { valueWords } from "./metric-words.ts";
import { promiseSection } from "./promise-section.ts";
import { type Cell, left, type Report, right, type Section, type TableColumn } from "./report.ts";
import { onItsWay, rolloutNotices } from "./rollout-words.ts";
import { scalarMetrics } from "./scalar-metrics.ts";
import { signatureWords, signedBy } from "./signature-words.ts";
import { size } from "./size-words.ts";
import { testSetSection } from "./test-set-section.ts";
import { counted } from "./verdict-words.ts";

/** More columns than any table has: where a page is narrow, times and sizes go first, then who, commit and the last metrics. */
const MANY = 1_000;

/** All models, a line each, and whether one is on hold: `slipway ls`. */
export function listReport(
  models: readonly ModelRecord[],
  more: boolean,
  none = "nothing is registered yet",
  signatures?: readonly SignedTag[],
  measured: readonly { model: string; version: number; metrics: Readonly<Record<string, number | null>> }[] = [],
): Report {
  const metrics = Object.keys(measured[0]?.metrics ?? {});
  const byModel = new Map(measured.map((each) => [each.model, each]));
  const stages = [...new Set(models.flatMap((model) => Object.keys(model.stages)))].sort();
  const held = models.some(({ hold }) => hold);
  const columns = [
    left("Model"),
    right("Latest"),
    ...stages.map(right),
    ...(metrics.length === 0 ? [] : ["Of", ...metrics].map(right)),
    ...(held ? [left("Hold")] : []),
    ...(signatures ? [left("Signed")] : []),
    left("Updated"),
  ];
  const rows = models.map((model): Cell[] => [
    listedName(model),
    String(model.latest_version),
    ...stages.map((stage) => `${model.stages[stage]?.version ?? "–"}${onItsWay(model, stage)}`),
    ...(metrics.length === 0 ? [] : [String(byModel.get(model.name)?.version ?? "–")]),
    ...metrics.map((name) => {
      const value = byModel.get(model.name)?.metrics[name];
      return isNumber(value) ? valueWords(name, { value }) : "–";
    }),
    ...(held ? [model.hold ? `by ${model.hold.by.name}` : "–"] : []),
    ...(signatures ? [signedBy(signatures.filter((tag) => tag.model === model.name))] : []),
    toSecond(model.updated_at),
  ]);
  return {
    title: "Registry",
    verdict: { mark: "note", text: models.length === 0 ? none : counted(models.length, "model") },
    notices: more ? [`More follow: --after ${models.at(-1)?.name}`] : [],
    sections: models.length === 0 ? [] : [{ title: "Models", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}

/** What it is called, and what commands and Git call it where that is another name. */
function listedName(record: ModelRecord): string {
  const { name, display_name, deprecated } = record;
  const about = [...(display_name === undefined ? [] : [name]), ...(deprecated === undefined ? [] : ["deprecated"])];
  return about.length === 0 ? name : `${displayName(record)} (${about.join(", ")})`;
}

/** One model, its versions, newest first, and the requests that wait for approvals: `slipway show penguins`. */
export function modelReport(
  record: ModelRecord,
  versions: readonly Manifest[],
  waiting: readonly PromotionRequest[] = [],
  { signatures, testSet }: { signatures?: readonly SignedTag[] | undefined; testSet?: TestSetPrice | undefined } = {},
): Report {
  const stages = Object.entries(record.stages).map(([stage, { version }]) => `version ${version} in ${stage}`);
  const values = versions.map(({ evaluation }) => new Map(scalarMetrics(evaluation.metrics)));
  const metrics = [...new Set(values.flatMap((each) => [...each.keys()]))];
  const columns: TableColumn[] = [
    right("Version"),
    left("Stage"),
    left("Registered"),
    ...(signatures ? [left("Signed")] : []),
    ...metrics.map((name, index) => ({ ...right(name), drop: index + (unitOf(name) === "" ? 0 : 2 * MANY) })),
    { ...left("Commit"), drop: MANY },
    { ...left("By"), drop: MANY + 1 },
  ];
  const rows = versions.map(({ version, source, registered_by, registered_at, imported }, row): Cell[] => [
    String(version),
    standing(record, version),
    registered_at.slice(0, 10),
    ...(signatures ? [signedBy(signatures.filter((tag) => tag.version === version))] : []),
    ...metrics.map((name) => {
      const metric = values[row]?.get(name);
      return isNumber(metric?.value) ? valueWords(name, metric) : "–";
    }),
    imported ? "–" : source.commit.slice(0, 7),
    registered_by.name,
  ]);
  return {
    title: displayName(record),
    verdict: { mark: "note", text: stages.length > 0 ? stages.join(", ") : "no version is in a stage" },
    notices: [
      ...changeNotices(record),
      ...holdNotice(record),
      ...rolloutNotices(record),
      ...(record.description === undefined ? [] : [record.description]),
      ...tagNotice(record.tags),
    ],
    sections: [
      { title: "Versions", folded: false, text: [], table: { columns, rows } },
      ...waitingSection(waiting),
      ...testSetSection(testSet),
    ],
    footer: [],
  };
}

function tagNotice(tags: Readonly<Record<string, string>>): string[] {
  const words = Object.entries(tags).map(([key, value]) => (value === "" ? key : `${key}: ${value}`));
  return words.length === 0 ? [] : [`Tags: ${words.join(", ")}`];
}

function holdNotice({ hold }: ModelRecord): string[] {
  if (hold === undefined) return [];
  const why = hold.reason === undefined ? "" : `: ${hold.reason}`;
  const since = toSecond(hold.at);
  return [`On hold since ${since}, by ${hold.by.name}${why}. Nothing is promoted meanwhile; rolling back works.`];
}

function waitingSection(requests: readonly PromotionRequest[]): Section[] {
  if (requests.length === 0) return [];
  const columns = [right("Version"), left("Stage"), left("Asked for by"), left("At"), left("Request")];
  const rows = requests.map(({ version, stage, requested_by, requested_at, id }): Cell[] => [
    ...[String(version), stage, requested_by.name, toSecond(requested_at), id.slice(0, 12)],
  ]);
  return [{ title: "Waiting for approvals", folded: false, text: [], table: { columns, rows } }];
}

/** Where a version stands: its stages, or what became of it; and its aliases. */
function standing(record: ModelRecord, version: number): string {
  const aliases = Object.entries(record.aliases).flatMap(([alias, led]) => (led === version ? [`@${alias}`] : []));
  const stages = stagesHolding(record, version);
  const gone = Object.hasOwn(record.withdrawn ?? {}, String(version)) ? "withdrawn" : "deprecated";
  const archived = Object.hasOwn(record.archived ?? {}, String(version)) ? ["archived"] : [];
  const rolling = Object.entries(record.rollouts ?? {}).flatMap(([stage, state]) =>
    state.version === version ? [`${stage} (rolling out)`] : [],
  );
  const held = [...stages, ...rolling];
  const where = isRetired(record, version) ? [gone] : held.length > 0 ? held : archived;
  return [...where, ...aliases].join(", ") || "–";
}

/** The same as a sentence's end. */
export function standsWhere(record: ModelRecord, version: number): string {
  const words = standing(record, version);
  if (words === "–") return "in no stage";
  return stagesHolding(record, version).length > 0 ? `in ${words}` : words;
}

/** What became of a model, in a sentence each. */
function changeNotices(record: ModelRecord): string[] {
  const { deprecated, display_name, name } = record;
  return [
    ...(display_name === undefined ? [] : [`Called ${display_name}; its folder and its tags are ${name}'s.`]),
    ...(deprecated === undefined ? [] : ["Deprecated: its next version brings it back."]),
  ];
}

/** The stages that a version is in. */
export function stagesHolding(record: ModelRecord, version: number): string[] {
  return Object.entries(record.stages).flatMap(([stage, assignment]) =>
    assignment.version === version ? [stage] : [],
  );
}

/** One version's manifest: `slipway show penguins@3`. */
export function versionReport(
  record: ModelRecord,
  manifest: Manifest,
  lineage: Lineage,
  about: {
    /** Of one that was imported: the evaluation that the manifest has been given. */
    evaluation?: VersionEvaluation | undefined;
    metadata?: VersionMetadata | undefined;
    signatures?: readonly SignedTag[] | undefined;
    testSet?: TestSetPrice | undefined;
  } = {},
): Report {
  const { evaluation } = manifest;
  const { evaluation: later, metadata, signatures, testSet } = about;
  const description = metadata?.description ?? manifest.description;
  const facts: [string, string][] = [
    [
      "registered",
      `${toSecond(manifest.registered_at)} by ${manifest.registered_by.name} <${manifest.registered_by.id}>`,
    ],
    ["files", filesWords(manifest)],
    ...(manifest.bytes ? [["bytes", bytesWords(manifest.bytes)] as [string, string]] : []),
    ...lineageRows(lineage),
    ...(manifest.imported ? [evaluationRow(manifest, later)] : runRows(manifest)),
    ...(signatures ?? []).map((signature): [string, string] => [signature.tag, signatureWords(signature)]),
  ];
  const section: Section = {
    title: "Manifest",
    folded: false,
    text: [],
    table: { columns: [left("What"), left("Value")], rows: facts },
  };
  return {
    title: `${manifest.model} version ${manifest.version}`,
    verdict: { mark: "note", text: standsWhere(record, manifest.version) },
    notices: [...holdNotice(record), ...(description ? [description] : []), ...tagNotice(metadata?.tags ?? {})],
    sections: [
      section,
      ...metricSection(evaluation, false),
      ...importedMetricsSection(manifest),
      ...gateSection({ register: manifest.gates }),
      ...promiseSection({ gates: { register: manifest.gates }, tries: manifest.tries ?? [], spent: true, evaluation }),
      ...testSetSection(testSet),
      ...sliceSection(evaluation),
    ],
    footer: [],
  };
}

function evaluationRow({ model, version }: Manifest, later: VersionEvaluation | undefined): [string, string] {
  if (later === undefined) return ["evaluation", `none: it was imported; slipway evaluate ${model}@${version}`];
  const { number, at, evaluated_by, source } = later;
  return ["evaluation", `${number}, ${toSecond(at)} by ${evaluated_by.name}, commit ${source.commit.slice(0, 10)}`];
}

function filesWords({ artifact, imported }: Manifest): string {
  if (imported?.download !== undefined) return `at ${imported.download}, and not in the store`;
  return `${artifact.uri} (${counted(artifact.files.length, "file")}, ${size(artifact.size)})`;
}

/** What a run of the platform's found out about itself. */
function runRows({ fingerprint, evaluation, params, seed, environment }: Manifest): [string, string][] {
  return [
    ["fingerprint", fingerprint],
    ["test labels", evaluation.labels],
    ["params", textOnOneLine(readParams(params))],
    ["seed", String(seed)],
    ["runtime", runtimeWords(environment.runtime)],
  ];
}

function runtimeWords({ platform, arch, programs }: Manifest["environment"]["runtime"]): string {
  return [`${platform}/${arch}`, ...Object.entries(programs).map(([name, version]) => `${name} ${version}`)].join(", ");
}

/** What the audit log shows of one act. */
export interface LoggedAct {
  commit: string;
  at: string;
  actor: { name: string; id: string; account?: string | undefined };
  subject: string;
  reason?: string;
  refusals?: readonly string[];
  unreadable?: string;
  bytes?: string;
}

/** Who did what, newest first: `slipway log`. */
export function logReport(entries: readonly LoggedAct[], model: string | undefined): Report {
  const columns = [left("When"), left("Who"), left("What"), left("Why"), { ...left("Commit"), drop: 1 }];
  const rows = entries.map(({ at, actor, subject, commit, reason, refusals = [], unreadable, bytes }): Cell[] => {
    const why = [reason, ...refusals, unreadable, bytes].filter((each) => each !== undefined).join(" ");
    return [at, actor.name, subject, why || "–", commit.slice(0, 10)];
  });
  return {
    title: model === undefined ? "Audit log" : `Audit log of ${model}`,
    verdict: { mark: "note", text: entries.length === 0 ? "nothing has happened yet" : counted(entries.length, "act") },
    notices: [],
    sections:
      entries.length === 0 ? [] : [{ title: "Acts, newest first", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}
