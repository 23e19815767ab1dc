import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { sha256 } from "../../../core/canonical.ts";
import { composeTag } from "../../../core/registry/compose.ts";
import { formatMessage } from "../../../core/registry/message.ts";
import { registrationChange } from "../../../core/registry/records.ts";
import type { RegistryChange, RegistryTag } from "../../../core/registry/registry-change.ts";
import { ModelRecord } from "../../../schemas/model-record.ts";
import { ADA, manifest } from "../../../test/registry/builders.ts";

const run = promisify(execFile);

/**
 * Fills the repository with git fast-import. Up to 1,000 models each version has its commit, as in life;
 * beyond, a commit holds a round of versions, because a flat tree per version would take an hour to write.
 */
export async function build(folder: string, models: number, versions: number): Promise<void> {
  await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  const child = spawn("git", ["-C", folder, "fast-import", "--quiet"], { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(child, "close");
  const write = async (text: string) => {
    if (!child.stdin.write(text)) await once(child.stdin, "drain");
  };
  const records = new Map<string, ModelRecord>();
  const together = models <= 1_000 ? 1 : models;
  for (let version = 1; version <= versions; version += 1)
    for (let from = 0; from < models; from += together) {
      const changes = Array.from({ length: Math.min(together, models - from) }, (_, at) =>
        nextVersion(name(from + at), version, records),
      );
      await write(commitOf(changes));
      for (const change of changes) for (const tag of change.tags) await write(tagOf(tag, change));
    }
  child.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await run("git", ["-C", folder, "pack-refs", "--all"]);
}

function nextVersion(model: string, version: number, records: Map<string, ModelRecord>): RegistryChange {
  const at = new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString();
  const change = registrationChange({
    manifest: manifest({ model, version, registered_at: at }),
    record: records.get(model),
  });
  const record = change.files.find(({ path }) => path.endsWith("/model.json"));
  records.set(model, ModelRecord.parse(JSON.parse(record?.content ?? "")));
  return change;
}

function commitOf(changes: readonly RegistryChange[]): string {
  const [first] = changes as [RegistryChange];
  const files = changes.flatMap((change) => change.files);
  return [
    `commit refs/heads/registry\ncommitter ${who(first.at)}\n${data(`${formatMessage(first)}\n`)}`,
    ...files.map(({ path, content }) => `M 100644 inline ${path}\n${data(content)}`),
  ].join("");
}

/** With the words that the registry's own writer would have put there. */
function tagOf(tag: RegistryTag, { files }: RegistryChange): string {
  const record = files.find(({ path }) => path === tag.record)?.content ?? "";
  const whole = composeTag(tag, "0".repeat(40), sha256(record)).object.content.toString();
  const message = whole.slice(whole.indexOf("\n\n") + 2);
  return `tag ${tag.name}\nfrom refs/heads/registry\ntagger ${who(tag.at)}\n${data(message)}`;
}

const who = (at: string) => `${ADA.name} <${ADA.id}> ${Date.parse(at) / 1000} +0000`;
const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
export const name = (at: number) => `model-${String(at).padStart(5, "0")}`;

/** The same, with a first commit on main and an identity, as `serve-registry` needs them. */
export async function buildServed(folder: string, models: number, versions: number): Promise<void> {
  await build(folder, models, versions);
  const git = async (...args: string[]) => (await run("git", ["-C", folder, ...args])).stdout.trim();
  await git("config", "user.name", ADA.name);
  await git("config", "user.email", ADA.id);
  const tree = await git("hash-object", "-w", "-t", "tree", "/dev/null");
  await git("update-ref", "refs/heads/main", await git("commit-tree", "-m", "first", tree));
}
