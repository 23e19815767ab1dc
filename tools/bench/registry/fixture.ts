import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { promisify } from "node:util";
import { sha256 } from "../../../core/canonical.ts";
import { composeTag } from "../../../core/registry/compose.ts";
import { formatMessage } from "../../../core/registry/message.ts";
import { decisionChange, registrationChange } from "../../../core/registry/records.ts";
import type { RegistryChange, RegistryTag } from "../../../core/registry/registry-change.ts";
import { ModelRecord } from "../../../schemas/model-record.ts";
import { ADA, decision, manifest } from "../../../test/registry/builders.ts";

const run = promisify(execFile);

/**
 * Fills the repository with git fast-import. Up to 1,000 models each version has its commit, as in life;
 * beyond, a commit holds a round of versions, because a commit for each of 100,000 would take minutes to write. `live` is the
 * version of each model that is in production then, by a commit of its own; absent, none is.
 */
export async function build(folder: string, models: number, versions: number, live?: number): Promise<void> {
  await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  const child = spawn("git", ["-C", folder, "fast-import", "--quiet"], { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(child, "close");
  const write = async (text: string) => {
    if (!child.stdin.write(text)) await once(child.stdin, "drain");
  };
  const records = new Map<string, ModelRecord>();
  // The commit of each version, by its mark: where the tag of its stage stands, too.
  const added = new Map<string, number>();
  let mark = 0;
  const rounds = Array.from({ length: versions }, (_, at) => at + 1);
  for (const version of live === undefined ? rounds : [...rounds, undefined]) {
    const together = models <= 1_000 || version === undefined ? 1 : models;
    for (let from = 0; from < models; from += together) {
      mark += 1;
      const names = Array.from({ length: Math.min(together, models - from) }, (_, at) => name(from + at));
      const changes = names.map((model) =>
        version === undefined ? promotion(model, live as number, records) : nextVersion(model, version, records),
      );
      if (version === live) for (const model of names) added.set(model, mark);
      await write(commitOf(changes, mark));
      for (const [at, change] of changes.entries()) {
        const on = version === undefined ? added.get(names[at] as string) : mark;
        for (const tag of change.tags) await write(tagOf(tag, change, on as number));
      }
    }
  }
  child.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await run("git", ["-C", folder, "pack-refs", "--all"]);
}

function nextVersion(model: string, version: number, records: Map<string, ModelRecord>): RegistryChange {
  return followed(registration(model, version, records.get(model)), model, records);
}

function registration(model: string, version: number, record: ModelRecord | undefined): RegistryChange {
  const registered_at = new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString();
  return registrationChange({ manifest: manifest({ model, version, registered_at }), record });
}

function promotion(model: string, version: number, records: Map<string, ModelRecord>): RegistryChange {
  const record = records.get(model);
  if (record === undefined) throw new Error(`no ${model}`);
  const before = version === 1 ? undefined : { ...record, latest_version: version - 1 };
  const content =
    registration(model, version, before).files.find(({ path }) => path.includes("/versions/"))?.content ?? "";
  const blob = createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");
  return followed(decisionChange({ decision: decision({ model, version, manifest: blob }), record }), model, records);
}

function followed(change: RegistryChange, model: string, records: Map<string, ModelRecord>): RegistryChange {
  const record = change.files.find(({ path }) => path.endsWith("/model.json"));
  records.set(model, ModelRecord.parse(JSON.parse(record?.content ?? "")));
  return change;
}

function commitOf(changes: readonly RegistryChange[], mark: number): string {
  const [first] = changes as [RegistryChange];
  const files = changes.flatMap((change) => change.files);
  return [
    `commit refs/heads/registry\nmark :${mark}\ncommitter ${who(first.at)}\n${data(`${formatMessage(first)}\n`)}`,
    ...files.map(({ path, content }) => `M 100644 inline ${path}\n${data(content)}`),
  ].join("");
}

/** With the words that the registry's own writer would have put there. */
function tagOf(tag: RegistryTag, { files }: RegistryChange, on: number): string {
  const record = files.find(({ path }) => path === tag.record)?.content ?? "";
  const whole = composeTag(tag, "0".repeat(40), sha256(record)).object.content.toString();
  const message = whole.slice(whole.indexOf("\n\n") + 2);
  return `tag ${tag.name}\nfrom :${on}\ntagger ${who(tag.at)}\n${data(message)}`;
}

const who = (at: string) => `${ADA.name} <${ADA.id}> ${Date.parse(at) / 1000} +0000`;
const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
export const name = (at: number) => `model-${String(at).padStart(5, "0")}`;

/** The same, with a first commit on main and an identity, as `serve-registry` needs them. */
export async function buildServed(folder: string, models: number, versions: number, live?: number): Promise<void> {
  await build(folder, models, versions, live);
  const git = async (...args: string[]) => (await run("git", ["-C", folder, ...args])).stdout.trim();
  await git("config", "user.name", ADA.name);
  await git("config", "user.email", ADA.id);
  const tree = await git("hash-object", "-w", "-t", "tree", "/dev/null");
  await git("update-ref", "refs/heads/main", await git("commit-tree", "-m", "first", tree));
}
