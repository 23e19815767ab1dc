import { SlipwayError } from "../core/errors.ts";
import { calledName } from "../core/promotion/apply-change.ts";
import { isCalledName } from "../core/registry/called.ts";
import type { ModelRecord } from "../schemas/model-record.ts";

/** `penguins`, `penguins@3`, `penguins@champion` or `penguins#production`, as people type them (and as GTO does). */
export interface Reference {
  model: string;
  version?: number;
  /** Or `latest`. */
  alias?: string;
  stage?: string;
}

const FORM = /^([^@#]+)(?:@v?(\d{1,9})(?:\.0\.0)?|@([\w-]{1,255})|#([a-z0-9][a-z0-9_-]*))?$/;

/** Reads a reference. Throws USAGE for anything else. A model whose name has an @ or a # is found by its folder's name. */
export function parseReference(text: string): Reference {
  const [, model = "", version, alias, stage] = FORM.exec(text) ?? [];
  if (!isCalledName(model) || version === "0") {
    throw new SlipwayError("USAGE", `${JSON.stringify(text)} names no model or version`, {
      expected: "model, model@version, model@alias or model#stage: penguins, penguins@3, penguins#production",
      found: text,
    });
  }
  return {
    model,
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(alias === undefined ? {} : { alias }),
    ...(stage === undefined ? {} : { stage }),
  };
}

/** The number of the version that is meant; undefined where a model alone is named. Throws VERSION_UNKNOWN. */
export function referredVersion(record: ModelRecord, { version, alias, stage }: Reference): number | undefined {
  if (alias === "latest") return record.latest_version;
  if (alias !== undefined && Object.hasOwn(record.aliases, alias)) return record.aliases[alias];
  if (stage !== undefined && Object.hasOwn(record.stages, stage)) return record.stages[stage]?.version;
  const called = calledName(record);
  if (alias !== undefined)
    throw new SlipwayError("VERSION_UNKNOWN", `${called} has no alias ${alias}`, {
      expected: `an alias: ${Object.keys(record.aliases).join(", ") || "there is none"}`,
      found: alias,
      hint: `slipway alias ${record.name} ${alias} ${Math.max(record.latest_version, 1)}`,
    });
  if (stage !== undefined)
    throw new SlipwayError("VERSION_UNKNOWN", `no version of ${called} is in ${stage}`, {
      expected: `a stage with a version: ${Object.keys(record.stages).join(", ") || "none has one"}`,
      found: stage,
      hint: `slipway promote ${record.name} ${stage}`,
    });
  return version;
}
