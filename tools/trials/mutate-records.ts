import { canonicalJson } from "../../core/canonical.ts";
import { git } from "../../core/git/run.ts";
import type { Random } from "./random.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const EVE = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

export async function gitText(folder: string, ...args: string[]): Promise<string> {
  return (
    await git(folder, args, {
      env: { ...EVE, GIT_AUTHOR_DATE: "1772359200 +0000", GIT_COMMITTER_DATE: "1772359200 +0000" },
    })
  )
    .toString()
    .trim();
}

export async function recordPaths(folder: string, commit = "refs/heads/registry"): Promise<string[]> {
  return (await gitText(folder, "ls-tree", "-r", "--name-only", "-z", commit)).split("\0").filter(Boolean);
}

/** The tree of `commit` with files put in or taken out (undefined): mode, and content. */
export async function editedTree(
  folder: string,
  commit: string,
  edits: ReadonlyMap<string, { mode?: string; content: string } | undefined>,
): Promise<string> {
  const index = `${folder}/slipway-trial-index`;
  const env = { GIT_INDEX_FILE: index };
  await git(folder, ["read-tree", commit], { env });
  const entries: string[] = [];
  for (const [path, edit] of edits) {
    const content = edit?.content ?? "";
    const blob = (await git(folder, ["hash-object", "-w", "--stdin"], { input: content })).toString().trim();
    // A line with mode 0 takes the path out.
    entries.push(edit === undefined ? `0 ${"0".repeat(40)}\t${path}\0` : `${edit.mode ?? "100644"} ${blob}\t${path}\0`);
  }
  await git(folder, ["update-index", "-z", "--index-info"], { env, input: entries.join("") });
  return (await git(folder, ["write-tree"], { env })).toString().trim();
}

/** A commit by hand on a branch, in words that an act might have used; `amends` puts it in the newest one's place. */
export async function commitOnTop(
  folder: string,
  edits: ReadonlyMap<string, { mode?: string; content: string } | undefined>,
  { branch = "refs/heads/registry", amends = false } = {},
): Promise<void> {
  const tip = await gitText(folder, "rev-parse", branch);
  const words = await gitText(folder, "log", "-1", "--format=%B", tip);
  const tree = await editedTree(folder, tip, edits);
  const before = amends ? (await gitText(folder, "log", "-1", "--format=%P", tip)).split(" ").filter(Boolean) : [tip];
  const parents = before.flatMap((parent) => ["-p", parent]);
  const commit = await gitText(folder, "commit-tree", ...parents, "-m", words, tree);
  await gitText(folder, "update-ref", branch, commit);
}

/** A record with one thing in it changed; undefined if chance picked nothing that can be. */
export function editedRecord(text: string, random: Random): { text: string; what: string } | undefined {
  const record = JSON.parse(text) as Json;
  const leaves: { holder: Record<string, Json>; key: string; at: string }[] = [];
  const walk = (value: Json, at: string) => {
    if (value === null || typeof value !== "object") return;
    for (const key of Object.keys(value)) {
      leaves.push({ holder: value as Record<string, Json>, key, at: `${at}.${key}` });
      walk((value as Record<string, Json>)[key] as Json, `${at}.${key}`);
    }
  };
  walk(record, "");
  const { holder, key, at } = random.pick(leaves);
  const before = holder[key] as Json;
  const how = Array.isArray(holder) ? 2 : random.int(10);
  if (how === 0) delete holder[key];
  else if (how === 1) holder[`${key}x`] = before;
  else holder[key] = otherValue(before, random);
  const after = canonicalJson(record);
  return after === text ? undefined : { text: after, what: `${at} from ${JSON.stringify(before)?.slice(0, 60)}` };
}

function otherValue(value: Json, random: Random): Json {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return random.pick([value + 1, value - 1, -value, value * 2 + 1, 0.5]);
  if (typeof value === "string") {
    if (value === "") return "x";
    const at = random.int(value.length);
    const other = value[at] === "0" ? "1" : "0";
    return value.slice(0, at) + other + value.slice(at + 1);
  }
  if (Array.isArray(value)) return value.length === 0 ? ["x"] : value.slice(1);
  return value === null ? "x" : Object.fromEntries(Object.entries(value).slice(1));
}
