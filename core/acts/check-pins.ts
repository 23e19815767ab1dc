import { DataLock } from "../../schemas/data-record.ts";
import type { MovedPins } from "../../schemas/monitoring.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { pinnedFiles } from "../plan/data-lock.ts";
import { dataLocations } from "../plan/inputs.ts";
import { shownUri } from "../spec/data-uri.ts";
import type { LoadedModel } from "../spec/project.ts";

/**
 * Rejects with RUN_INVALID unless the new pins are a lock as `slipway lock` writes it, by its digest, for what the model's spec
 * names and nothing else: they may come from a job of a workflow.
 */
export function checkPins({ model: name, content, to }: MovedPins, model: LoadedModel): void {
  if (sha256(content) !== to) throw invalid(name, `content of sha256 ${to}`, sha256(content));
  const lock = parsed(content);
  if (lock === undefined || canonicalJson(lock) !== content)
    throw invalid(name, "what slipway lock writes", content.slice(0, 100));
  const uris = dataLocations(model).flatMap(({ kind, location }) => (kind === "uri" ? [location] : []));
  for (const uri of uris) pinnedFiles(lock, uri);
  const left = lock.files.find(({ uri, of = uri }) => !uris.includes(of));
  if (left !== undefined) throw invalid(name, "files that the spec names", shownUri(left.uri));
}

function parsed(content: string): DataLock | undefined {
  try {
    return DataLock.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function invalid(model: string, expected: string, found: string): SlipwayError {
  return new SlipwayError("RUN_INVALID", `The new pins of ${model} are not taken`, { expected, found });
}
