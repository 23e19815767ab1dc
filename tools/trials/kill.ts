import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { verifyDeploy } from "../../core/acts/verify-deploy.ts";
import { verifyMonitoring } from "../../core/acts/verify-monitoring.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { MONITORING_REF } from "../../core/monitoring/open-branch.ts";
import { registryOn } from "../../core/registry/open.ts";
import { repairRegistry } from "../../core/registry/repair.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { buildWriter, makeBaseRegistry } from "./base-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { type Random, randomOf } from "./random.ts";
import { type Harness, openHarness } from "./shim.ts";
import { countActs, refuseLostActs, saidBy } from "./state-of.ts";
import { LOOKED } from "./watch-windows.ts";
import type { Act, Orders } from "./writer.ts";

/** What a process is killed at. `where` says what is touched: the repository itself, or a clone of it that pushes. */
interface Victim {
  name: string;
  does: string;
  share: number;
  where: "local" | "clone";
  together?: boolean;
  acts(random: Random, folder: string): Act[];
}

const register = (random: Random): Act => ({ do: "register", model: "penguins", source: random.hex(40) });

const VICTIMS: readonly Victim[] = [
  {
    name: "kill-register",
    does: "two registrations",
    share: 10,
    where: "local",
    acts: (r) => [register(r), register(r)],
  },
  {
    name: "kill-promote",
    does: "a promotion",
    share: 10,
    where: "local",
    acts: (random) => [{ do: "promote", version: 3, id: `p${random.hex(6)}` }],
  },
  {
    name: "kill-rollback",
    does: "a rollback",
    share: 10,
    where: "local",
    acts: (random) => [{ do: "rollback", id: `r${random.hex(6)}` }],
  },
  {
    name: "kill-rollout",
    does: "a rollout: its beginning, a pause, going on, a step, and the last one",
    share: 10,
    where: "local",
    acts: (random) => [
      { do: "roll", version: 3, id: `o${random.hex(6)}` },
      { do: "pause", id: `u${random.hex(6)}` },
      { do: "resume", id: `e${random.hex(6)}` },
      { do: "advance", version: 3 },
      { do: "complete", version: 3 },
    ],
  },
  {
    name: "kill-changes",
    does: "a tag on a model, a withdrawal out of a stage, and a registration",
    share: 5,
    where: "local",
    acts: (random) => [{ do: "tag", key: "t" }, { do: "withdraw", version: 2 }, register(random)],
  },
  {
    name: "kill-group",
    does: "eight acts that are published together",
    share: 15,
    where: "local",
    together: true,
    acts: (random) => [
      ...Array.from({ length: 6 }, () => register(random)),
      { do: "promote", version: 3, id: `p${random.hex(6)}` },
      { do: "tag", key: "t" },
    ],
  },
  {
    name: "kill-monitor",
    does: "two looks of monitoring, of which a clone pushes each, with what receives them",
    share: 10,
    where: "clone",
    acts: () => [
      { do: "look", from: 0 },
      { do: "look", from: LOOKED },
    ],
  },
  {
    name: "kill-repack",
    does: "packing the repository while somebody registers",
    share: 10,
    where: "local",
    together: true,
    acts: (random) => [{ do: "pack" }, register(random), register(random)],
  },
  {
    name: "kill-push",
    does: "a registration, a promotion and a group that a clone pushes, with what receives them",
    share: 15,
    where: "clone",
    acts: (random) => [register(random), { do: "promote", version: 3, id: `p${random.hex(6)}` }],
  },
  {
    name: "kill-clone",
    does: "making a mirror, and reading the registry from it",
    share: 5,
    where: "local",
    acts: (_, folder) => [
      { do: "mirror", url: join(folder, "registry.git"), folder: join(folder, "mirrors", "1.git") },
    ],
  },
];

export const KILLS: Readonly<Record<string, () => Promise<Kind>>> = Object.fromEntries(
  VICTIMS.map((victim) => [victim.name, async () => kindOf(victim)]),
);

function kindOf(victim: Victim): Kind {
  return {
    name: victim.name,
    does: `kill -9 within ${victim.does}: what was acknowledged is there once, nothing is half, and doing it again finishes it`,
    share: victim.share,
    async prepare(folder) {
      const [base, writer] = [join(folder, "base.git"), await buildWriter(folder)];
      await makeBaseRegistry(base);
      const harness = await openHarness(folder);
      const stage: Stage = { victim, base, writer, harness, most: 0 };
      // As long as it takes undisturbed, in calls or in milliseconds.
      const whole = await attempt(stage, { at: 0 }, victim.acts, join(folder, "whole"));
      if (whole.ran.code !== 0) throw new Error(`undisturbed it failed: ${whole.ran.stdout} ${whole.ran.stderr}`);
      stage.most = whole.ran.calls;
      return {
        how: `${harness.how}; ${Math.round(whole.ran.calls)} ${harness.exact ? "calls" : "ms"}`,
        trial: (random, own) => trial(stage, random, own),
      };
    },
  };
}

interface Stage {
  victim: Victim;
  base: string;
  writer: string;
  harness: Harness;
  most: number;
}

async function attempt(
  { victim, base, writer, harness }: Stage,
  strike: { at: number; after?: boolean },
  acts: Victim["acts"] | readonly Act[],
  own: string,
  random = randomOf("whole"),
) {
  const registry = join(own, "registry.git");
  const clone = join(own, "clone.git");
  const again = Array.isArray(acts);
  if (!again) {
    await mkdir(own, { recursive: true });
    await cp(base, registry, { recursive: true });
    if (victim.where === "clone") {
      await git(own, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", clone]);
      await git(clone, ["remote", "add", "origin", registry]);
      await git(clone, ["fetch", "--quiet", "origin"]);
      await git(clone, ["remote", "set-head", "origin", "main"]);
    }
  }
  const list = Array.isArray(acts) ? (acts as readonly Act[]) : (acts as Victim["acts"])(random, own);
  const at = victim.where === "clone" ? { folder: clone, remote: "origin" } : { folder: registry };
  const orders: Orders = { ...at, acts: list, ...(victim.together ? { together: true } : {}) };
  const ran = await harness.run([process.execPath, writer, JSON.stringify(orders)], own, strike);
  return { ran, acts: list, registry, clone };
}

async function trial(stage: Stage, random: Random, own: string): Promise<string> {
  const { victim, harness, most, base } = stage;
  const strike = harness.exact
    ? { at: 1 + random.int(most), after: random.chance(0.3) }
    : { at: random.int(Math.ceil(most)) };
  const first = await attempt(stage, strike, victim.acts, own, random);
  const { acts, registry, clone } = first;
  const { acknowledged } = saidBy(first.ran.stdout);
  const before = await countActs(registry, acts);
  refuseLostActs(acts, before.times, acknowledged);
  const found = await verifyRegistry({ folder: registry });
  const codes = [...new Set(found.findings.map(({ code }) => code))].sort();
  // What receives a push is Git's own, and says nowhere who it is.
  if (codes.includes("LOCK_LEFT") && victim.where !== "clone")
    throw new Broken("a lock has no owner that verify knows");
  if (codes.includes("LOCK_LEFT")) await removeLeft(found.findings.map(({ found: file }) => file ?? ""));
  if (random.chance(0.5) && codes.length > 0) {
    const { found: left } = await repairRegistry({ folder: registry });
    if (left.findings.length > 0)
      throw new Broken(
        `after ${codes.join(" ")}, --repair left ${left.findings.map(({ message }) => message).join("; ")}`,
      );
  }
  // The error says so, and that no Git may run.
  if (victim.where === "clone") await rm(join(registry, `${MONITORING_REF}.lock`), { force: true });
  const second = await attempt(stage, { at: 0 }, acts, own);
  const said = saidBy(second.ran.stdout);
  if (said.acknowledged.length !== acts.length)
    throw new Broken(`again, it ended with ${second.ran.code}: ${second.ran.stdout} ${second.ran.stderr}`);
  const after = await countActs(registry, acts);
  refuseLostActs(acts, after.times, said.acknowledged);
  const writes = acts.filter((act) => !["pack", "mirror", "look"].includes(act.do)).length;
  const started = await countActs(base, []);
  if (after.commits !== started.commits + writes)
    throw new Broken(`${after.commits - started.commits} commits for ${writes} acts`);
  await clean({ folder: registry }, "done again");
  await deployed(registry);
  await monitored(registry, acts);
  if (victim.where === "clone") await clean({ folder: clone, remote: "origin" }, "seen from the clone");
  await git(registry, ["fsck", "--strict", "--no-dangling"]);
  if (!first.ran.killed) return "done before the kill";
  const there = before.times.reduce((sum, times) => sum + times, 0);
  const state = there === 0 ? "nothing was there" : there < acts.length ? "some was there" : "all was there";
  return `${state}, verify: ${codes.join(" ") || "clean"}`;
}

async function clean(at: { folder: string; remote?: string }, when: string): Promise<void> {
  const { findings } = await verifyRegistry(at);
  if (findings.length > 0)
    throw new Broken(`${when}, verify says ${findings.map(({ code, message }) => `${code} ${message}`).join("; ")}`);
}

/** The branch `deploy` is what the registry asks for, whatever was interrupted. */
async function deployed(folder: string): Promise<void> {
  const objects = await openObjects(folder);
  try {
    const registry = await registryOn(objects, undefined, undefined);
    const ports = { objects, registry, workspace: await openWorkspace(folder), remote: undefined };
    const findings = await verifyDeploy(ports, false);
    if (findings.length > 0)
      throw new Broken(
        `done again, the branch deploy: ${findings.map(({ code, message }) => `${code} ${message}`).join("; ")}`,
      );
  } finally {
    await objects.close();
  }
}

/** The branch `monitoring` has each look once, and nothing half. */
async function monitored(folder: string, acts: readonly Act[]): Promise<void> {
  const looks = acts.filter((act) => act.do === "look").length;
  if (looks === 0) return;
  const objects = await openObjects(folder);
  try {
    const registry = await registryOn(objects, undefined, undefined);
    const findings = await verifyMonitoring({ objects, registry, remote: undefined }, false);
    const commits = Number(await git(folder, ["rev-list", "--count", MONITORING_REF]));
    if (findings.length > 0 || commits !== looks)
      throw new Broken(
        `done again, the branch monitoring has ${commits} commits for ${looks} looks: ${findings.map(({ message }) => message).join("; ")}`,
      );
  } finally {
    await objects.close();
  }
}

/** What a person does whom verify tells that no Git runs here: it does not, all were killed. */
async function removeLeft(files: readonly string[]): Promise<void> {
  for (const file of files) if (file.endsWith(".lock")) await rm(file, { force: true });
}
