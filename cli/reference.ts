import type { Reference } from "../core/acts/reference.ts";
import { SlipwayError } from "../core/errors.ts";
import { isDisplayName } from "../core/registry/display-name.ts";

const FORM = /^([^@#]+)(?:@v?(\d{1,9})(?:\.0\.0)?|@([\p{L}\p{N}_-]{1,255})|#([a-z0-9][a-z0-9_-]*))?$/u;

/** Reads a reference. Throws USAGE for anything else. A model whose name has an @ or a # is found by its folder's name. */
export function parseReference(text: string): Reference {
  const [, model = "", version, alias, stage] = FORM.exec(text) ?? [];
  if (!isDisplayName(model) || version === "0") {
    throw new SlipwayError("USAGE", `${JSON.stringify(text)} names no model or version`, {
      expected: "model, model@version, model@alias or model#stage: penguins, penguins@3, penguins#production",
      found: text,
    });
  }
  return {
    model,
    version: version === undefined ? undefined : Number(version),
    alias,
    stage,
  };
}
