import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { formatNumber } from "../gates/number-words.ts";
import { gateSection } from "./gate-section.ts";
import { metricSection, sliceSection } from "./metric-sections.ts";
import { type Cell, left, type Report, right, type Section } from "./report.ts";
import { count } from "./verdict-words.ts";

/** All models, a line each: `slipway ls`. */
export function listReport(models: readonly ModelRecord[], more: boolean): Report {
  const stages = [...new Set(models.flatMap((model) => Object.keys(model.stages)))].sort();
  const columns = [left("Model"), right("Latest"), ...stages.map(right), left("Updated")];
  const rows = models.map((model): Cell[] => [
    model.name,
    String(model.latest_version),
    ...stages.map((stage) => String(model.stages[stage]?.version ?? "–")),
    model.updated_at,
  ]);
  return {
    title: "Registry",
    verdict: { mark: "note", text: models.length === 0 ? "nothing is registered yet" : count(models.length, "model") },
    notices: more ? [`More follow: --after ${models.at(-1)?.name}`] : [],
    sections: models.length === 0 ? [] : [{ title: "Models", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}

/** One model and its versions, newest first: `slipway show penguins`. */
export function modelReport(record: ModelRecord, versions: readonly Manifest[]): Report {
  const stages = Object.entries(record.stages).map(([stage, { version }]) => `version ${version} in ${stage}`);
  const metrics = [...new Set(versions.flatMap(({ evaluation }) => Object.keys(evaluation.metrics)))].filter((name) =>
    versions.some(({ evaluation }) => evaluation.metrics[name]?.value != null),
  );
  const columns = [
    right("Version"),
    left("Stage"),
    ...metrics.map(right),
    left("Commit"),
    left("By"),
    left("Registered"),
  ];
  const rows = versions.map(({ version, evaluation, source, registered_by, registered_at }): Cell[] => [
    String(version),
    stagesOf(record, version).join(", ") || "–",
    ...metrics.map((name) => formatNumber(evaluation.metrics[name]?.value ?? Number.NaN)),
    source.commit.slice(0, 10),
    registered_by.name,
    registered_at,
  ]);
  return {
    title: record.name,
    verdict: { mark: "note", text: stages.length > 0 ? stages.join(", ") : "no version is in a stage" },
    notices: record.description === undefined ? [] : [record.description],
    sections: [{ title: "Versions", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}

/** The stages that a version is in. */
export function stagesOf(record: ModelRecord, version: number): string[] {
  return Object.entries(record.stages).flatMap(([stage, assignment]) =>
    assignment.version === version ? [stage] : [],
  );
}

/** One version's manifest: `slipway show penguins@3`. */
export function versionReport(record: ModelRecord, manifest: Manifest): Report {
  const { artifact, data, environment, evaluation, source } = manifest;
  const stages = stagesOf(record, manifest.version);
  const facts: [string, string][] = [
    ["registered", `${manifest.registered_at} by ${manifest.registered_by.name} <${manifest.registered_by.id}>`],
    ["source", `${source.spec} at commit ${source.commit}`],
    [
      "artifact",
      `${artifact.uri} (${count(artifact.files.length, "file")}, ${artifact.size} bytes; ${manifest.artifact_from})`,
    ],
    ["sha256", artifact.sha256],
    ["fingerprint", manifest.fingerprint],
    ["training data", data.train ? `${data.train.rows} rows, sha256 ${data.train.sha256}` : "none"],
    ["test data", `${data.test.rows} rows, sha256 ${data.test.sha256}`],
    ["test labels", evaluation.labels],
    ["params", JSON.stringify(manifest.params)],
    ["seed", String(manifest.seed)],
    ["runtime", runtimeWords(environment.runtime)],
  ];
  const section: Section = {
    title: "Manifest",
    folded: false,
    text: [],
    table: { columns: [left("What"), left("Value")], rows: facts },
  };
  return {
    title: `${manifest.model} version ${manifest.version}`,
    verdict: { mark: "note", text: stages.length > 0 ? `in ${stages.join(", ")}` : "in no stage" },
    notices: manifest.description === undefined ? [] : [manifest.description],
    sections: [
      section,
      ...metricSection(evaluation, false),
      ...gateSection({ register: manifest.gates }),
      ...sliceSection(evaluation),
    ],
    footer: [],
  };
}

function runtimeWords({ platform, arch, programs }: Manifest["environment"]["runtime"]): string {
  return [`${platform}/${arch}`, ...Object.entries(programs).map(([name, version]) => `${name} ${version}`)].join(", ");
}

/** What the audit log shows of one act. */
export interface LoggedAct {
  commit: string;
  at: string;
  actor: { name: string; id: string };
  subject: string;
}

/** Who did what, newest first: `slipway log`. */
export function logReport(entries: readonly LoggedAct[], model: string | undefined): Report {
  const columns = [left("When"), left("Who"), left("What"), left("Commit")];
  const rows = entries.map(({ at, actor, subject, commit }): Cell[] => [at, actor.name, subject, commit.slice(0, 10)]);
  return {
    title: model === undefined ? "Audit log" : `Audit log of ${model}`,
    verdict: { mark: "note", text: entries.length === 0 ? "nothing has happened yet" : count(entries.length, "act") },
    notices: [],
    sections:
      entries.length === 0 ? [] : [{ title: "Acts, newest first", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}
