import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CLI_RESULTS } from "../../schemas/cli-output.ts";
import { modelsRepository, type Place, prepared, retrained } from "./models-repository.ts";

const plain = prepared(() => modelsRepository({ shared: true }));

/** A bare remote with the tiny model pushed to it, and two clones of it. */
async function team({ shared = true } = {}): Promise<{ remote: Place; ada: Place; bob: Place }> {
  const start = await plain();
  const [remote, ada, bob] = ["remote.git", "ada", "bob"].map((name) => start.at(join(start.root, name)));
  if (!remote || !ada || !bob) throw new Error("three places");
  // A store that both clones reach, as a team's has to be.
  if (shared) await start.policy({ artifacts: { store: `file:${start.root}/store` } });
  if (shared) await start.commit("a shared store");
  await start.git("clone", "-q", "--bare", start.folder, remote.folder);
  for (const clone of [ada, bob]) await start.git("clone", "-q", remote.folder, clone.folder);
  return { remote, ada, bob };
}

describe("a bare repository", () => {
  it("registers, promotes, lists, shows and verifies", async () => {
    const place = await plain();
    const bare = place.at(join(place.root, "bare.git"));
    await place.git("clone", "-q", "--bare", place.folder, bare.folder);
    const C = ["-C", bare.folder];
    expect(await place.json("register", "tiny", ...C)).toMatchObject({ code: 0, result: { version: 1 } });
    expect(await place.json("promote", "tiny", "production", ...C)).toMatchObject({ code: 0, result: { version: 1 } });
    expect((await place.json("ls", ...C)).result.models).toMatchObject([{ name: "tiny" }]);
    expect((await place.json("show", "tiny#production", ...C)).result.manifest?.version).toBe(1);
    expect((await place.json("verify", ...C)).result).toMatchObject({ versions: 1, findings: [] });
    expect((await place.json("check", ...C)).result.models).toEqual(["tiny"]);
  });

  it("has no work tree to run from, and says what to do instead", async () => {
    const place = await plain();
    await place.git("clone", "-q", "--bare", place.folder, join(place.root, "bare.git"));
    const { code, error } = await place.json("run", "tiny", "-C", join(place.root, "bare.git"));
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { hint: "slipway register <model>" },
    });
  });
});

it("puts nothing into a stage whose bytes are gone, and brings nothing back", async () => {
  const place = await plain();
  await place.slipway("register", "tiny");
  await rm(join(place.folder, ".slipway", "store"), { recursive: true });
  const { code, error } = await place.json("promote", "tiny", "production");
  expect({ code, error: error.code }).toEqual({ code: 1, error: "ARTIFACT_NOT_STORED" });
});

describe("a linked work tree", () => {
  it("runs, and shares registry and store with the main one", async () => {
    const place = await plain();
    const linked = place.at(join(place.root, "linked"));
    await place.git("worktree", "add", "-q", "-b", "idea", linked.folder);
    const { result } = await linked.json("run", "tiny");
    expect(result.runs[0]?.outcome).toBe("succeeded");
    expect(await place.json("register", "tiny")).toMatchObject({ result: { manifest: { artifact_from: "reused" } } });
    expect((await linked.json("promote", "tiny", "production")).code).toBe(0);
    expect((await linked.json("verify")).result.findings).toEqual([]);
  });

  it("cannot be registered from while it is on another branch", async () => {
    const place = await plain();
    const linked = place.at(join(place.root, "linked"));
    await place.git("worktree", "add", "-q", "-b", "idea", linked.folder);
    expect((await linked.json("register", "tiny")).error.code).toBe("WRONG_BRANCH");
  });
});

describe("clones of one remote", () => {
  it("are refused what is not pushed, with `git push`", async () => {
    const { ada } = await team();
    await retrained(ada, 45);
    const { code, error } = await ada.json("register", "tiny", "--remote", "origin");
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "WRONG_BRANCH", hint: /git push origin main/ },
    });
  });

  it("see each other's versions, and promote them", async () => {
    const { ada, bob, remote } = await team();
    expect(await ada.json("register", "tiny", "--remote", "origin")).toMatchObject({ code: 0, result: { version: 1 } });
    expect((await bob.json("ls", "--remote", "origin")).result.models).toMatchObject([{ latest_version: 1 }]);
    expect(await bob.json("promote", "tiny@1", "production", "--remote", "origin")).toMatchObject({ code: 0 });
    expect((await remote.git("tag", "--list")).split("\n")).toEqual(["tiny#production#1", "tiny@v1.0.0"]);
    expect((await ada.json("verify", "--remote", "origin")).result.findings).toEqual([]);
  });

  it("are warned of a store that each keeps to itself, and record that they could not look", async () => {
    const { ada, bob } = await team({ shared: false });
    const { result } = await ada.json("register", "tiny", "--remote", "origin");
    expect(result).toMatchObject({ outcome: "registered", warnings: [{ code: "STORE_NOT_SHARED" }] });
    const unseen = { artifact_check: { outcome: "unreachable" } };
    const promoted = await bob.json("promote", "tiny@1", "production", "--remote", "origin");
    expect(promoted).toMatchObject({ code: 0, result: { decision: unseen } });
    const { findings } = (await bob.json("verify", "--remote", "origin")).result;
    expect(findings[0]).toMatchObject({
      code: "ARTIFACT_UNREACHABLE",
      hint: expect.stringContaining("on the disk of whoever registered it"),
    });
  });

  it("are not warned of a store that all reach", async () => {
    const { ada } = await team();
    expect((await ada.json("register", "tiny", "--remote", "origin")).result.warnings).toEqual([]);
  });

  it("that register the same commit at once make one version", async () => {
    const { ada, bob } = await team();
    const both = await Promise.all([ada, bob].map((each) => each.json("register", "tiny", "--remote", "origin")));
    expect(both.map(({ code, result }) => [code, result.version])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect((await bob.json("verify", "--remote", "origin")).result).toMatchObject({ versions: 1, findings: [] });
  });

  it("decide by the remote's gates, whatever a clone's own branch says", async () => {
    const { ada, bob } = await team();
    await ada.slipway("register", "tiny", "--remote", "origin");
    await ada.policy({ gates: { production: [{ metric: "accuracy", "at-least": 0.95 }] } });
    await ada.commit("ask for more");
    await ada.git("push", "-q", "origin", "main");
    expect((await bob.json("promote", "tiny@1", "production", "--remote", "origin")).error.code).toBe("GATE_FAILED");
  });
});

describe("places that are not the usual ones", () => {
  it("works in a path with spaces and letters of all kinds, and from a folder below", async () => {
    const place = await modelsRepository({ name: "meine Modelle – モデル 'n' $HOME" });
    const below = place.at(join(place.folder, "models", "tiny"));
    const codes = [];
    for (const line of ["run tiny", "register tiny", "promote tiny production", "verify"])
      codes.push((await below.slipway(...line.split(" "))).code);
    expect(codes).toEqual([0, 0, 0, 0]);
  });

  it("needs nothing of the home folder", async () => {
    const place = await plain();
    await chmod(join(place.root, "home"), 0o500);
    place.env.HOME = join(place.root, "home", "nobody");
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: 1 } });
  });

  it("refuses to act for somebody whom Git does not know, before any work is done", async () => {
    const place = await plain();
    for (const name of Object.keys(place.env)) if (/^GIT_(AUTHOR|COMMITTER)/.test(name)) place.env[name] = undefined;
    await place.git("config", "user.useConfigOnly", "true");
    const { code, error, stderr } = await place.json("register", "tiny");
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "USAGE", hint: /git config --global user\.name/ },
    });
    expect(stderr).not.toContain("validate");
  });
});

it("tells every command in a folder without a repository what to do", async () => {
  const place = await plain();
  const nowhere = place.at(join(place.root, "nowhere"));
  await mkdir(nowhere.folder);
  place.env.GIT_CEILING_DIRECTORIES = place.root;
  const lines = ["check", "lock", "plan", "run tiny", "register tiny", "promote tiny@1 production"];
  lines.push("rollback tiny production", "ls", "show tiny", "log", "diff tiny@1 tiny@2", "verify");
  const answers = await Promise.all(
    lines.map((line) => {
      const [name = "", ...args] = line.split(" ");
      return nowhere.json(name as keyof typeof CLI_RESULTS, ...args);
    }),
  );
  for (const { code, error } of answers) {
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "NOT_A_REPOSITORY", hint: /slipway init <folder>/ },
    });
  }
});
