import type { ModelName, Sha256 } from "../../schemas/names.ts";
import { oneLine } from "../git/encode.ts";

/** What a commit of a retrain branch says of itself. */
export interface RetrainMessage {
  model: ModelName;
  /** The digest of data.lock.json; undefined of the commit that a pull request is opened on before there are pins. */
  pins: Sha256 | undefined;
}

/** A commit's message, with why and what moved as its body, a line each. */
export function formatRetrainMessage({ model, pins }: RetrainMessage, lines: readonly string[] = []): string {
  const subject = pins === undefined ? `Retrain ${model}: the pins follow` : `Retrain ${model}: its data moved`;
  const body = lines.length === 0 ? [] : [...lines.map(oneLine), ""];
  return [subject, "", ...body, `Slipway-Retrain: ${model} ${pins ?? "begun"}`].join("\n");
}

/** The inverse; undefined for a commit that Slipway did not write. */
export function parseRetrainMessage(message: string): RetrainMessage | undefined {
  const [, model, pins] = /\n\nSlipway-Retrain: ([A-Za-z0-9_-]{1,100}) ([0-9a-f]{64}|begun)\n?$/.exec(message) ?? [];
  if (model === undefined || pins === undefined) return undefined;
  return { model, pins: pins === "begun" ? undefined : pins };
}

/** The branch that brings a model new pins. */
export function retrainBranch(model: ModelName): string {
  return `slipway/retrain-${model}`;
}

/** The inverse; undefined for another branch. */
export function parseRetrainBranch(branch: string): ModelName | undefined {
  return /^slipway\/retrain-([A-Za-z0-9]([A-Za-z0-9_-]{0,98}[A-Za-z0-9])?)$/.exec(branch)?.[1];
}
