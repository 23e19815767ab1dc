import { SlipwayError } from "../core/errors.ts";

/** `penguins`, `penguins@3` or `penguins#production`, as people type them (and as GTO does). */
interface Reference {
  model: string;
  version?: number;
  stage?: string;
}

const FORM = /^([A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)(?:@v?(\d{1,9})(?:\.0\.0)?|#([a-z0-9][a-z0-9_-]*))?$/;

/** Reads a reference. Throws USAGE for anything else. */
export function parseReference(text: string): Reference {
  const [, model, version, stage] = FORM.exec(text) ?? [];
  if (model === undefined || version === "0") {
    throw new SlipwayError("USAGE", `${JSON.stringify(text)} names no model or version`, {
      expected: "model, model@version or model#stage: penguins, penguins@3, penguins#production",
      found: text,
    });
  }
  return {
    model,
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(stage === undefined ? {} : { stage }),
  };
}
