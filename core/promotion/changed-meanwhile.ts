import type { Refusal } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

type EditAct = "describe" | "tag" | "untag" | "alias" | "unalias";

/** The part of what is said of a model or a version that an edit writes over. */
export function editedPart(
  said: { description?: string | undefined; tags: object; aliases?: unknown } | undefined,
  act: EditAct,
): unknown {
  if (act === "describe") return said?.description ?? "";
  return (act === "tag" || act === "untag" ? said?.tags : said?.aliases) ?? {};
}

/** Where a version stands, by which decisions: what taking it out changes. */
export function standingOf(
  { stages, archived = {} }: Pick<ModelRecord, "stages" | "archived">,
  version: number,
): unknown {
  const held = Object.entries(stages).filter(([, each]) => each.version === version);
  return [held.map(([stage, { decision }]) => [stage, decision]), archived[version] ?? ""];
}

/** A state in a word that a form carries: the same for the same state. */
export function stateMark(state: unknown): string {
  return sha256(canonicalJson(state)).slice(0, 32);
}

/**
 * Why an edit does nothing whose form showed another state than there is now: people would lose what was written since, by
 * somebody who saw it. Undefined if it is the same, or where nobody says what was seen (a command line, an API).
 */
export function changedMeanwhile(seen: string | undefined, state: unknown): Refusal | undefined {
  if (seen === undefined || seen === stateMark(state)) return undefined;
  return {
    code: "OVERTAKEN",
    message: "It was changed since the page with this form was made. Nothing was done.",
    hint: "Load the page again, look at what it says now, and send the form from there if it is still wanted.",
  };
}
