import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isMap, parseDocument } from "yaml";
import { runGit } from "../../core/git/run.ts";
import { POLICY_PATH } from "../../core/spec/project.ts";
import { parseStore } from "../../core/stores/address.ts";

const PLACEHOLDER = "oci://ghcr.io/OWNER/REPO/models";

/** A policy with a store for GitHub, and whether it names one that runs can use. */
export interface NamedStore {
  text: string;
  /** `kept`: it named one before. `placeholder`: a comment, since nobody knows the repository's name yet. */
  outcome: "kept" | "named" | "placeholder" | "unreadable";
}

/**
 * Names the repository's own container registry as the store in a policy that names none, and leaves every other byte as it
 * is. Without a `repository` (owner/name) a comment takes its place. Doing it again changes nothing.
 */
export function nameStore(text: string, repository: string | undefined): NamedStore {
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    return { text, outcome: "unreadable" };
  if (document.hasIn(["artifacts", "store"])) return { text, outcome: "kept" };
  const store = storeOf(repository);
  if (store === undefined) {
    const line = `# artifacts: { store: ${PLACEHOLDER} } # on GitHub: where versions are kept; in lower case\n`;
    return { text: text.includes(PLACEHOLDER) ? text : `${ended(text)}${line}`, outcome: "placeholder" };
  }
  const open = text.replace(new RegExp(`^# artifacts: .*${PLACEHOLDER}.*\\n?`, "m"), "");
  if (!document.has("artifacts") && !(isMap(document.contents) && document.contents.flow)) {
    const line = `artifacts: { store: ${store} } # the repository's own container registry\n`;
    return { text: `${ended(open)}${line}`, outcome: "named" };
  }
  document.setIn(["artifacts", "store"], store);
  return { text: document.toString({ lineWidth: 0 }), outcome: "named" };
}

/** The same in a folder's slipway.yaml, which is made if it is not there. */
export async function nameStoreIn(folder: string): Promise<Pick<NamedStore, "outcome"> & { changed: boolean }> {
  const file = path.join(folder, POLICY_PATH);
  const before = await readFile(file, "utf8").catch(() => undefined);
  const { text, outcome } = nameStore(before ?? "slipway: 1\n", await hostedRepository(folder));
  if (text !== before) await writeFile(file, text);
  return { outcome, changed: text !== before };
}

/** The repository on github.com that the folder's own `origin` is, as owner/name; undefined if it is none, or no folder yet. */
export async function hostedRepository(folder: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(folder, ["--git-dir=.git", "remote", "get-url", "origin"]);
  return code === 0 ? repositoryOf(stdout.toString().trim()) : undefined;
}

/** The repository on github.com that an address of a remote names, as owner/name; undefined for another host's. */
export function repositoryOf(url: string): string | undefined {
  const address = /^(?:https:\/\/(?:[^/@]+@)?|ssh:\/\/git@|git@)github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/i;
  return address.exec(url)?.[1];
}

/** Undefined too for a name that a registry cannot have. */
function storeOf(repository: string | undefined): string | undefined {
  if (repository === undefined) return undefined;
  const uri = `oci://ghcr.io/${repository.toLowerCase()}/models`;
  try {
    return parseStore(uri).uri;
  } catch {
    return undefined;
  }
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
