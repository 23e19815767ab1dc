import { html } from "hono/html";
import { readParams } from "../../../core/json-text.ts";
import { recordSignatures, type TaggedRecord } from "../../../core/registry/record-signatures.ts";
import { remoteTagRefs } from "../../../core/registry/remote.ts";
import { textOnOneLine } from "../../../core/report/diff-versions.ts";
import { left, type Section } from "../../../core/report/report.ts";
import { signatureWords } from "../../../core/report/signature-words.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { policyOf } from "../request/policy.ts";
import { fitSections } from "../view/fit-sections.ts";
import { sectionHtml } from "../view/section.ts";
import type { ShownVersion } from "./load-version.ts";

/** Bytes for params and environment, of which a program may have a thousand. */
const MOST_BYTES = 14_000;
const FEW = 12;

/** How a version was made: params, environment, how its labels were kept, and who signed its tags. */
export async function madeBox(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { manifest } = shown;
  const params = Object.entries(readParams(manifest.params)).map(([name, value]) => [name, textOnOneLine(value)]);
  const isRun = manifest.imported === undefined || shown.evaluation !== undefined;
  const sections: Section[] = [
    ...(params.length === 0 ? [] : [rows("Params", ["Param", "Value"], params)]),
    rows(
      "Environment and trust",
      ["What", "Value"],
      [...(isRun ? environmentRows(manifest) : []), ...(await signatureRows(request, shown))],
    ),
  ];
  return html`${fitSections(sections, MOST_BYTES, "The record in the registry has all of them.").map(sectionHtml)}`;
}

function rows(title: string, columns: readonly string[], all: readonly string[][]): Section {
  return { title, folded: all.length > FEW, text: [], table: { columns: columns.map(left), rows: [...all] } };
}

const LABELS = {
  reachable: "in the same repository as the code: whoever wrote the model could have seen them",
  withheld: "not in what the model’s code was given",
  sealed: "sealed: no job with the model’s code could open them",
} as const;

function environmentRows({ seed, environment, evaluation }: ShownVersion["manifest"]): string[][] {
  const { spec, locks, runtime, isolation } = environment;
  const { labels, labels_reason: reason, binding, values, method } = evaluation;
  return [
    ["seed", String(seed)],
    ["platform", `${runtime.platform}/${runtime.arch}`],
    ...Object.entries(runtime.programs),
    ...(spec?.image === undefined ? [] : [["image", spec.image]]),
    ...(isolation === undefined ? [] : [["isolation", isolation]]),
    ...locks.map(({ path, sha256 }) => [path, `sha256 ${sha256.slice(0, 12)}`]),
    ["evaluation", binding ? "binding: of the default branch’s own commit" : "advisory"],
    ["test labels", `${LABELS[labels]}${reason === undefined ? "" : ` (${reason})`}`],
    ["values", values === "exact" ? "exact" : "in steps, too coarse to climb on"],
    ["intervals", `${method.name}, from ${method.units} ${method.unit}s`],
  ];
}

/** What the tags say that a version and its way into stages rest on, as they are here. */
async function signatureRows({ host }: PageRequest, { catalog, model, version }: ShownVersion): Promise<string[][]> {
  const { objects, remote } = host.ports;
  if (catalog.commit === undefined) return [];
  const { policy, unreadable } = await policyOf(host);
  if (unreadable !== undefined) return [];
  const { signers = [] } = policy;
  const held = Object.entries(model.record.stages).filter(([, each]) => each.version === version);
  const asked: TaggedRecord[] = [
    { kind: "version", model: model.name, version },
    ...held.map(([, { decision: id }]): TaggedRecord => ({ kind: "decision", model: model.name, id })),
  ];
  const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
  const found = await recordSignatures(objects, { commit: catalog.commit, tagRefs, signers }, asked);
  return found.map((signature) => [`tag ${signature.tag}`, signatureWords(signature)]);
}
