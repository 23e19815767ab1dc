import type { Bytes } from "../../schemas/manifest.ts";

/** How it is known that a version's bytes are in the store, as a part of a sentence. */
export function bytesWords(bytes: Bytes): string {
  if (bytes.outcome === "checked") return `checked by ${bytes.by}`;
  return `attested by run ${bytes.run}, whose job stored them: who registered may not read the store`;
}
