import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { signingWith } from "../../core/git/sign.ts";
import { readSigningKey } from "../../core/git/ssh/private-key.ts";
import { openRegistry } from "../../core/registry/open.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";
import type { RegistryTag } from "../../core/registry/registry-change.ts";
import { stageTag, versionTag } from "../../core/registry/tags.ts";
import { promote, register } from "../../test/registry/builders.ts";
import { compareChanges } from "./gto-changes.ts";
import { GTO, installedGto } from "./real-tools.ts";

const run = promisify(execFile);

/** Builds a registry with our own code, and compares what the real GTO reads in it with what we read. */
export async function conformGto(): Promise<{ name: string; cases: number; failures: string[] }> {
  const gto = await installedGto();
  const folder = await mkdtemp(join(tmpdir(), "slipway-gto-"));
  const result = { name: `gto ${GTO}`, cases: 0, failures: [] as string[] };
  const check = (what: string, theirs: unknown, ours: unknown) => {
    result.cases += 1;
    const [said, expected] = [JSON.stringify(theirs), JSON.stringify(ours)];
    if (said !== expected) result.failures.push(`${what}: gto ${said}, slipway ${expected}`);
  };
  try {
    const bare = join(folder, "bare.git");
    await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare]);
    await fill(bare);
    const clone = join(folder, "clone");
    await run("git", ["clone", "--quiet", "--branch", "registry", pathToFileURL(bare).href, clone]);
    const registry = await openRegistry({ folder: bare });
    try {
      const snapshot = await registry.snapshot();
      for (const [place, repo] of Object.entries({ bare, clone, url: pathToFileURL(bare).href }))
        await compare(
          (...args) => ask(gto, [...args, "--repo", repo]),
          snapshot,
          (what, theirs, ours) => check(`${what} (${place})`, theirs, ours),
        );
    } finally {
      await registry.close();
    }
    await compareChanges(join(folder, "changed.git"), (...args) => ask(gto, args), check);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Three models: one alone, one that went back to an earlier version, one with two stages and a refusal. In the second a rollout is
 * under way, of whose tag GTO is to read nothing. The first is not signed, the others are.
 */
async function fill(folder: string): Promise<void> {
  const key = join(folder, "signing-key");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const own = signingWith(readSigningKey(await readFile(key, "utf8")));
  const unsigned = await openRegistry({ folder });
  const registry = await openRegistry({ folder, signing: { key: async () => own, signers: async () => [] } });
  try {
    for (const [model, versions] of Object.entries({ alone: 1, penguins: 11, "Two_stages-1": 3 }))
      for (let version = 1; version <= versions; version += 1)
        await register(model === "alone" ? unsigned : registry, model);
    for (const version of [2, 3, 2]) await promote(registry, version);
    await promote(registry, 3, { model: "Two_stages-1", stage: "staging" });
    await promote(registry, 1, { model: "Two_stages-1" });
    await promote(registry, 3, { model: "Two_stages-1", outcome: "refused" });
    await promote(registry, 5, {
      outcome: "rolling-out",
      rollout: { steps: [{ share: 0.1, for: "1h" }, { share: 1 }] },
    });
  } finally {
    await unsigned.close();
    await registry.close();
  }
}

type Ask = (...args: string[]) => Promise<string>;
type Check = (what: string, theirs: unknown, ours: unknown) => void;

async function compare(gto: Ask, snapshot: RegistrySnapshot, check: Check): Promise<void> {
  const shown = JSON.parse(await gto("show", "--json")) as Record<string, ShownModel>;
  const models = await snapshot.models();
  check("show: the models", Object.keys(shown).sort(), models);
  for (const model of models) {
    const record = await snapshot.model(model);
    const latest = `v${record?.latest_version}.0.0`;
    const stages = Object.entries(record?.stages ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const theirStages = Object.entries(shown[model]?.stage ?? {}).filter(([, version]) => version !== null);
    const ourStages = stages.map(([stage, { version }]) => [stage, `v${version}.0.0`]);
    check(`show: ${model}'s latest version`, shown[model]?.version, latest);
    check(`show: ${model}'s stages`, theirStages.sort(), ourStages);
    check(`show ${model}@latest`, (await gto("show", `${model}@latest`, "--version")).trim(), latest);
    for (const [stage, version] of ourStages)
      check(`show ${model}#${stage}`, (await gto("show", `${model}#${stage}`, "--version")).trim(), version);
    const history = JSON.parse(await gto("history", model, "--json")) as Event[];
    const commits = new Map(
      history.filter(({ stage }) => stage === null).map(({ version, commit }) => [version, commit]),
    );
    check(`history ${model}`, history.map(known), await expectedHistory(snapshot, model, commits));
  }
}

interface ShownModel {
  version: string | null;
  stage: Record<string, string | null>;
}

/** An entry of `gto history --json`. */
interface Event {
  timestamp: string;
  event: string;
  version: string;
  stage: string | null;
  commit: string;
  author: string;
  author_email: string;
  message: string;
  ref: string;
}

function known({ event, version, stage, commit, author, author_email, message, ref, timestamp }: Event) {
  // The digest apart, the words are known; and no signature is among them.
  const words = message.replace(/ sha256:[0-9a-f]{64}$/, "");
  return [ref, event, version, stage, commit, author, author_email, words, Date.parse(timestamp)];
}

/** The same from our records, newest first. A stage's event stands on the commit where GTO found the version. */
async function expectedHistory(snapshot: RegistrySnapshot, model: string, commits: ReadonlyMap<string, string>) {
  const manifests = await Promise.all(
    (await snapshot.versions(model)).map(async (version) => (await snapshot.manifest(model, version))?.manifest),
  );
  const events: { tag: RegistryTag; stage: string | null }[] = [
    ...manifests.flatMap((manifest) => (manifest ? [{ tag: versionTag(manifest), stage: null }] : [])),
    ...(await snapshot.list("decision", model)).flatMap((decision) => {
      const tag = stageTag(decision);
      return tag ? [{ tag, stage: decision.stage }] : [];
    }),
  ];
  return (
    events
      .map(({ tag: { name, on, tagger, message, record, at }, stage }) => {
        const version = `v${on.version}.0.0`;
        const event = stage === null ? "registration" : "assignment";
        const words = `${message}\n\nSlipway-Record: ${record}`;
        return [name, event, version, stage, commits.get(version), tagger.name, tagger.id, words, Date.parse(at)];
      })
      // Within a second GTO goes by the tag's name.
      .sort((a, b) => (b.at(-1) as number) - (a.at(-1) as number) || (String(a[0]) < String(b[0]) ? -1 : 1))
  );
}

async function ask(gto: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(gto, args, { env: { ...process.env, TZ: "UTC" }, maxBuffer: 1 << 26 });
  return stdout;
}
