import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { openRegistry } from "../../core/registry/open.ts";
import { changeMessage, registrationChange } from "../../core/registry/records.ts";
import type { Registry, RegistryChange } from "../../core/registry/registry.ts";
import { ModelRecord } from "../../schemas/model-record.ts";
import { ADA, commitId, manifest, promote, register } from "../../test/registry/builders.ts";

const run = promisify(execFile);

export interface Measurement {
  what: string;
  /** How big the registry was: models × versions. */
  size: string;
  /** Median over the repetitions. */
  milliseconds: number;
  /** Milliseconds; absent where nothing was promised. */
  target?: number;
  bound: string;
}

/** Medians of what people wait for, on bare local registries of growing size. Records are made by the real builders. */
export async function benchRegistry(
  sizes: readonly (readonly [models: number, versions: number])[] = [
    [1_000, 10],
    [10_000, 10],
  ],
  repetitions = 15,
): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const [models, versions] of sizes) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-registry-"));
    try {
      await build(folder, models, versions);
      measured.push(...(await measure(folder, `${models} × ${versions}`, repetitions, models <= 1_000)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return measured;
}

async function measure(folder: string, size: string, repetitions: number, promised: boolean): Promise<Measurement[]> {
  const target = promised ? { target: 100 } : {};
  const tree = "copying the one flat models/ tree, and git diff-tree over it";
  const acts: [string, (registry: Registry, at: number) => Promise<unknown>, string, { target?: number }][] = [
    ["register", (registry, at) => register(registry, name(at), commitId(`9${at}`)), tree, target],
    ["promote", (registry, at) => promote(registry, 3, { model: name(at) }), tree, target],
    ["show one model", (registry, at) => showModel(registry, name(at)), "reads of that model's files", {}],
    ["list a page of 50", (registry, at) => listPage(registry, name(at)), "reading the models/ tree", {}],
  ];
  const measured: Measurement[] = [];
  for (const [what, act, bound, promise] of acts) {
    const times: number[] = [];
    const warm: number[] = [];
    const kept = await openRegistry({ folder });
    for (let at = 0; at < repetitions; at += 1) {
      times.push(
        await timed(async () => {
          const registry = await openRegistry({ folder });
          await act(registry, 2 * at);
          await registry.close();
        }),
      );
      warm.push(await timed(() => act(kept, 2 * at + 1)));
    }
    await kept.close();
    measured.push({ what, size, milliseconds: median(times), bound: `${bound}; starting Git`, ...promise });
    measured.push({ what: `${what}, registry kept open`, size, milliseconds: median(warm), bound, ...promise });
  }
  return measured;
}

async function showModel(registry: Registry, model: string): Promise<void> {
  const snapshot = await registry.snapshot();
  const record = await snapshot.model(model);
  await snapshot.versions(model);
  await snapshot.manifest(model, record?.latest_version ?? 0);
}

async function listPage(registry: Registry, after: string): Promise<void> {
  const snapshot = await registry.snapshot();
  await Promise.all((await snapshot.models({ after, limit: 50 })).map((model) => snapshot.model(model)));
}

/**
 * Fills the repository with git fast-import. Up to 1,000 models each version has its commit, as in life;
 * beyond, a commit holds a round of versions, because a flat tree per version would take an hour to write.
 */
async function build(folder: string, models: number, versions: number): Promise<void> {
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
      for (const { tags } of changes)
        for (const tag of tags)
          await write(`tag ${tag.name}\nfrom refs/heads/registry\ntagger ${who(tag.at)}\n${data(`${tag.message}\n`)}`);
    }
  child.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await run("git", ["-C", folder, "pack-refs", "--all"]);
}

function nextVersion(model: string, version: number, records: Map<string, ModelRecord>): RegistryChange {
  const at = new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString().replace(".000", "");
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
    `commit refs/heads/registry\ncommitter ${who(first.at)}\n${data(`${changeMessage(first)}\n`)}`,
    ...files.map(({ path, content }) => `M 100644 inline ${path}\n${data(content)}`),
  ].join("");
}

const who = (at: string) => `${ADA.name} <${ADA.id}> ${Date.parse(at) / 1000} +0000`;
const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
const name = (at: number) => `model-${String(at).padStart(5, "0")}`;

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
