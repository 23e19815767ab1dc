import type { Decision } from "../../schemas/decision.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { Lineage } from "../../schemas/lineage.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { toSecond } from "../clock.ts";
import { displayName } from "../promotion/apply-change.ts";
import { bytesWords } from "./bytes-words.ts";
import { escapeMarkdown } from "./escape-text.ts";
import { gateSection } from "./gate-section.ts";
import { importedMetricsSection } from "./imported-metrics-section.ts";
import { lineageRows } from "./lineage-words.ts";
import { metricSection, sliceSection } from "./metric-sections.ts";
import { promiseSection } from "./promise-section.ts";
import { standsWhere } from "./registry-reports.ts";
import { type Cell, left, type Section } from "./report.ts";
import { size } from "./size-words.ts";
import { sectionMarkdown } from "./to-markdown.ts";
import { counted } from "./verdict-words.ts";

/** What a model card is made of: the registry's records alone, so that anyone can make it again. */
export interface CardFacts {
  record: ModelRecord;
  manifest: Manifest;
  metadata?: VersionMetadata | undefined;
  lineage: Lineage;
  /** About this version, oldest first. */
  decisions: readonly Decision[];
}

const MOST_ROWS = 1_000;
const LONGEST_CELL = 2_000;
const LONGEST_PARAGRAPH = 2_000;
const MOST_PARAGRAPHS = 50;

/** A model card as Markdown: the same records are the same text. Every string of theirs is escaped. */
export function modelCard(facts: CardFacts): string {
  const blocks = [
    `# ${escapeMarkdown(cardTitle(facts), 200)}`,
    ...paragraphs(cardDescription(facts)).map((each) => escapeMarkdown(each, LONGEST_PARAGRAPH)),
    ...cardSections(facts).map((section) =>
      sectionMarkdown({ ...section, folded: false }, MOST_ROWS, { heading: "##", cell: LONGEST_CELL }),
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

export function cardTitle({ record, manifest }: CardFacts): string {
  return `${displayName(record)}, version ${manifest.version}`;
}

/** What people wrote: of the version, or else of the model. */
export function cardDescription({ record, manifest, metadata }: CardFacts): string {
  return metadata?.description ?? manifest.description ?? record.description ?? "";
}

/** Everything below the description. */
export function cardSections(facts: CardFacts): Section[] {
  const { manifest, lineage, decisions } = facts;
  const { evaluation, imported } = manifest;
  const gates = { register: manifest.gates, ...decidedGates(decisions) };
  const tries = [...(manifest.tries ?? []), ...decisions.flatMap((decision) => decision.tries ?? [])];
  return [
    table("Version", versionRows(facts)),
    ...(imported ? [] : [text("How it was judged", [...judgedWords(evaluation), ...servedWords(manifest)])]),
    ...metricSection(evaluation, false),
    ...importedMetricsSection(manifest),
    ...sliceSection(evaluation),
    ...gateSection(gates),
    ...promiseSection({ gates, tries, spent: true, evaluation }),
    ...decisionSection(decisions),
    ...signatureSection(manifest),
    table("Where it came from", lineageRows(lineage)),
    table("Environment", environmentRows(manifest)),
  ];
}

function versionRows({ record, manifest, metadata }: CardFacts): [string, string][] {
  const { task, registered_at, registered_by, artifact, bytes, imported, version } = manifest;
  const tags = Object.entries(metadata?.tags ?? {}).map(([key, value]) => `${key}: ${value}`);
  return [
    ["task", task],
    ["status", standsWhere(record, version)],
    ["registered", `${toSecond(registered_at)} by ${registered_by.name} <${registered_by.id}>`],
    ...(imported?.download === undefined
      ? [["size", `${size(artifact.size)} in ${counted(artifact.files.length, "file")}`] as [string, string]]
      : []),
    ...(bytes === undefined ? [] : [["bytes", bytesWords(bytes)] as [string, string]]),
    ...(tags.length === 0 ? [] : [["tags", tags.join(", ")] as [string, string]]),
  ];
}

/** A version has such answers only if they were the same. */
function servedWords({ served_predictions: served, evaluation }: Manifest): string[] {
  if (served === undefined) return [];
  return [`The serving program answered the ${counted(evaluation.test.rows, "test row")} as the predict program did.`];
}

const LABELS: Readonly<Record<Evaluation["labels"], string>> = {
  reachable: "The test labels lie in the same repository as the code: whoever wrote the model could have seen them.",
  withheld: "The test labels were not in what the model's code was given.",
  sealed: "The test labels are sealed: no job with the model's code could open them.",
};

function judgedWords({ binding, labels, labels_reason: reason, method, evaluated_at, test }: Evaluation): string[] {
  const { name, unit, units } = method;
  return [
    `${binding ? "The platform computed these metrics from the default branch's own commit" : "These metrics are advisory"}, ${toSecond(evaluated_at)}, on ${counted(test.rows, "test row")}.`,
    reason === undefined || labels !== "withheld"
      ? LABELS[labels]
      : `${LABELS[labels]} They are not sealed: ${reason}.`,
    ...(units === 0 ? [] : [`Intervals: ${name}, from ${counted(units, unit)}; see docs/metrics.md.`]),
  ];
}

/** What each stage asked when it last decided on this version, with its thresholds and what it found. */
function decidedGates(decisions: readonly Decision[]): Record<string, Decision["gates"]> {
  return Object.fromEntries(decisions.flatMap(({ stage, gates }) => (gates.length === 0 ? [] : [[stage, gates]])));
}

function decisionSection(decisions: readonly Decision[]): Section[] {
  if (decisions.length === 0) return [];
  const columns = ["When", "Stage", "Decision", "Asked by", "Approved by", "Why"].map(left);
  const rows = decisions.map(
    ({ decided_at, stage, act, outcome, requested_by, approvals = [], reason, refusals }): Cell[] => [
      toSecond(decided_at),
      stage,
      {
        mark: outcome === "refused" ? "fail" : "pass",
        text: outcome === "promoted" ? words(act) : OTHER_ENDS[outcome],
      },
      requested_by.name,
      approvals.map(({ by }) => by.name).join(", ") || "–",
      [...(reason === undefined ? [] : [reason]), ...refusals.map(({ message }) => message)].join(" ") || "–",
    ],
  );
  return [{ title: "Decisions and approvals", folded: false, text: [], table: { columns, rows } }];
}

const OTHER_ENDS = { "rolling-out": "rolled out by steps", refused: "refused" } as const;

function words(act: Decision["act"]): string {
  return act === "rollback" ? "rolled back to" : "promoted";
}

function signatureSection({ signature }: Manifest): Section[] {
  if (signature === undefined) return [];
  const { inputs, outputs, params = [] } = signature;
  const rows = Object.entries({ input: inputs, output: outputs, param: params }).flatMap(([kind, fields]) =>
    fields.map(({ name, type, optional }) => [kind, name, `${type}${optional ? ", optional" : ""}`]),
  );
  const columns = ["Kind", "Name", "Type"].map(left);
  return rows.length === 0 ? [] : [{ title: "Signature", folded: false, text: [], table: { columns, rows } }];
}

function environmentRows({ params, seed, environment, imported }: Manifest): [string, string][] {
  if (imported) return [["runtime", "unknown: it was imported"]];
  const { spec, locks, runtime } = environment;
  const programs = Object.entries(runtime.programs).map(([name, version]) => `${name} ${version}`);
  return [
    ["params", params],
    ["seed", String(seed)],
    ["runtime", [`${runtime.platform}/${runtime.arch}`, ...programs].join(", ")],
    ...(spec?.image === undefined ? [] : [["image", spec.image] as [string, string]]),
    ...locks.map(({ path, sha256 }): [string, string] => ["lock", `${path}, sha256 ${sha256}`]),
  ];
}

function table(title: string, rows: readonly [string, string][]): Section {
  return { title, folded: false, text: [], table: { columns: [left("What"), left("Value")], rows: [...rows] } };
}

function text(title: string, lines: string[]): Section {
  return { title, folded: false, text: lines };
}

/** People write paragraphs: their line ends are kept as such, and nothing else of their form. */
export function paragraphs(description: string): string[] {
  const written = description.split(/\n\s*\n/).filter((each) => each.trim() !== "");
  return written.length > MOST_PARAGRAPHS ? [...written.slice(0, MOST_PARAGRAPHS), "…"] : written;
}
