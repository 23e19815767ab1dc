import { DisplayName } from "../../schemas/change.ts";
import { ModelName } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";

/** A file name of at most 255 bytes, with `.json`, wherever the branch is checked out. */
const MAX_ENCODED = 200;

/**
 * Whether a model may be called so: what MLflow takes for a name (no `/`, no `:`, not blank), without control characters
 * and short enough for a file's name.
 */
export function isDisplayName(name: string): boolean {
  return (
    DisplayName.safeParse(name).success &&
    name.trim() !== "" &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is asked.
    !/[/:\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name) &&
    !/\p{Surrogate}/u.test(name) &&
    formatDisplayName(name).length <= MAX_ENCODED
  );
}

/** A name as a file's name: percent-encoded. */
export function formatDisplayName(name: string): string {
  return encodeURIComponent(name);
}

/** The inverse of formatDisplayName; undefined for what it never gives. */
export function parseDisplayName(encoded: string): string | undefined {
  try {
    const name = decodeURIComponent(encoded);
    return isDisplayName(name) && formatDisplayName(name) === encoded ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Names that look alike to `refusedName` have one key, and a few others have it too. It decides where a model's folder is, so it
 * never changes: `refusedName` may find fewer names alike, and no more. Of a folder's name it is ASCII.
 */
export function lookalikeKey(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/[_\s]/g, "-").replaceAll("o", "0").replace(/[il]/g, "1");
}

/** The folder of a model that is called so: its name where Git and GTO can read it, otherwise one made from it. */
export function folderFor(name: string): string {
  if (ModelName.safeParse(name).success) return name;
  const readable = name
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 60)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return `${readable || "model"}-${sha256(name).slice(0, 8)}`;
}
