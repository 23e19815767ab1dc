import { versionTag } from "../../core/registry/tags.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { valueWords } from "../../core/report/metric-words.ts";
import { scalarMetrics } from "../../core/report/scalar-metrics.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { MissedRegistration } from "../../schemas/pull-result.ts";
import { refusalList } from "../pulls/render/refusal-list.ts";

const MOST_METRICS = 6;
const HOW: Record<Manifest["artifact_from"], string> = {
  trained: "trained again",
  reused: "an earlier run's artifact",
  code: "the code itself",
  imported: "imported",
};

/** Tells a person that their merge has become a version, and what they could type next. */
export function registeredText(manifest: Manifest, next: string | undefined): string {
  const { model, version, source, artifact_from: from, bytes, evaluation } = manifest;
  const how = HOW[from];
  const metrics = scalarMetrics(evaluation.metrics)
    .slice(0, MOST_METRICS)
    .flatMap(([name, metric]) =>
      metric.value === null ? [] : [`${escapeMarkdown(name)} ${valueWords(name, metric)}`],
    );
  const measured = metrics.length === 0 ? "" : `\n\n${metrics.join(" · ")}`;
  const stored =
    bytes?.outcome === "attested"
      ? `\n\n<sub>Its bytes are in the store by the word of run ${escapeMarkdown(bytes.run)}: this App may not read the store.</sub>`
      : "";
  return `🏷️ Registered **${model} version ${version}** from \`${source.commit.slice(0, 12)}\` (${how}), tag \`${versionTag(manifest).name}\`.${measured}${stored}${next === undefined ? "" : `\n\nNext: ${next}.`}`;
}

/** Tells a person why their merge has become no version, and what to do. */
export function missedText(model: string, { outcome, commit, refusals }: MissedRegistration): string {
  const lines = refusalList(refusals, 16_000);
  const at = `\`${commit.slice(0, 12)}\``;
  if (outcome === "unchanged")
    return `ℹ️ **${escapeMarkdown(model)}** is as it was at ${at}: nothing to register.\n\n${lines}`;
  const why = outcome === "refused" ? "was not registered" : "was not registered: its run has no result that counts";
  return `❌ **${escapeMarkdown(model)}** ${why}, from ${at}.\n\n${lines}\n\nWhen that is mended: \`/retry\`.`;
}

/** Tells a person why nothing of their merge can become a version. */
export function stoppedText(commit: CommitId, refusals: readonly Refusal[]): string {
  return `❌ Nothing was registered from \`${commit.slice(0, 12)}\`.\n\n${refusalList(refusals, 16_000)}`;
}
