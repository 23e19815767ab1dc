// The registry: acts on it, reads of it, and the commands that show it beside the real GTO's.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openRegistry } from "../../core/registry/open.ts";
import { changeMessage, registrationChange } from "../../core/registry/records.ts";
import type { Registry, RegistryChange } from "../../core/registry/registry.ts";
import { ModelRecord } from "../../schemas/model-record.ts";
import { ADA, commitId, manifest, promote, register } from "../../test/registry/builders.ts";
import { installedGto } from "../conformance/gto.ts";
import { type BenchOptions, type Measurement, repeat, timed, timingOf } from "./measurement.ts";

const run = promisify(execFile);
const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
const RUNS = 41;

/** On bare local registries of growing size, made of the real builders' records. */
export async function bench({ full }: BenchOptions): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const models of full ? [100, 1_000, 10_000] : [100, 1_000]) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-registry-"));
    try {
      await build(folder, models, 10);
      const size = `${models} × 10`;
      measured.push(...(await measureActs(folder, size, models === 1_000)));
      measured.push(...(await measureCommands(folder, size, models)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return measured;
}

/** Each act in a registry opened for it, as a command does, and in one kept open, as a server does. */
async function measureActs(folder: string, size: string, promised: boolean): Promise<Measurement[]> {
  const target = promised ? { target: 100 } : {};
  const writing = "fsync, git update-ref, copying the one models/ tree";
  const acts: [string, (registry: Registry, at: number) => Promise<unknown>, string, { target?: number }][] = [
    ["register", (registry, at) => register(registry, name(at), commitId(`9${at}`)), writing, target],
    ["promote", (registry, at) => promote(registry, 3, { model: name(at) }), writing, target],
    ["show one model", (registry, at) => showModel(registry, name(at)), "reading the models/ tree once", {}],
    ["list a page of 50", (registry, at) => listPage(registry, name(at)), "reading the models/ tree once", {}],
  ];
  const measured: Measurement[] = [];
  for (const [what, act, bound, promise] of acts) {
    const kept = await openRegistry({ folder });
    const warm: number[] = [];
    const cold = await repeat(RUNS, async (at) => {
      const registry = await openRegistry({ folder });
      await act(registry, 2 * at);
      await registry.close();
    });
    for (let at = 0; at < RUNS; at += 1) warm.push(await timed(() => act(kept, 2 * at + 1)));
    await kept.close();
    measured.push({ what, size, unit: "ms", bound: `${bound}; starting Git`, ...promise, ...cold });
    measured.push({ what: `${what}, kept open`, size, unit: "ms", bound, ...promise, ...timingOf(warm) });
  }
  return measured;
}

/** Whole processes, as a person waits for them. GTO shows the same from the tags: run once, for it takes seconds. */
async function measureCommands(folder: string, size: string, models: number): Promise<Measurement[]> {
  const commands: [string, string[], string[]][] = [
    ["slipway show <model>", ["show", name(7)], ["show", name(7)]],
    ["slipway ls, all models", ["ls", "--limit", String(models)], ["show"]],
  ];
  const gto = models <= 100 ? await installedGto() : undefined;
  const options = { maxBuffer: 1 << 28 };
  const measured: Measurement[] = [];
  for (const [what, ours, theirs] of commands) {
    const timing = await repeat(15, () => run(process.execPath, [SLIPWAY, "-C", folder, ...ours], options));
    const line: Measurement = { what, size, unit: "ms", bound: "starting Node; loading zod; Git", ...timing };
    if (gto !== undefined) {
      const median = await timed(() => run(gto, [...theirs, "--repo", folder], options));
      line.peer = { what: "gto show", median, ratio: median / timing.median };
    }
    measured.push(line);
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
export const name = (at: number) => `model-${String(at).padStart(5, "0")}`;
