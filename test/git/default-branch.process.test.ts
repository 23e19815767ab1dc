import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { signersOf } from "../../core/acts/signers.ts";
import { defaultBranch, fetchDefaultBranch } from "../../core/git/default-branch.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { bareRepository, gitIn, temporaryFolder, workRepository } from "../registry/repositories.ts";

async function mirrorOf(url: string): Promise<string> {
  const folder = await bareRepository();
  await gitIn(folder, "config", "remote.origin.url", url);
  return folder;
}

it("brings the branch that the remote's HEAD names into a mirror, whatever it is called", async () => {
  const remote = await workRepository();
  await gitIn(remote, "branch", "-m", "trunk");
  const workspace = await openWorkspace(await mirrorOf(remote));
  const commit = await gitIn(remote, "rev-parse", "HEAD");
  expect(await fetchDefaultBranch(workspace, "origin")).toEqual({ name: "trunk", commit });
  await gitIn(remote, "commit", "--quiet", "--allow-empty", "--message=second");
  const next = await gitIn(remote, "rev-parse", "HEAD");
  expect(await fetchDefaultBranch(workspace, "origin")).toEqual({ name: "trunk", commit: next });
  expect(await gitIn(workspace.folder, "rev-parse", "refs/remotes/origin/HEAD")).toBe(next);
});

it("follows a branch that was set back", async () => {
  const remote = await workRepository();
  const workspace = await openWorkspace(await mirrorOf(remote));
  const first = await gitIn(remote, "rev-parse", "HEAD");
  await gitIn(remote, "commit", "--quiet", "--allow-empty", "--message=second");
  await fetchDefaultBranch(workspace, "origin");
  await gitIn(remote, "reset", "--hard", "--quiet", first);
  expect(await fetchDefaultBranch(workspace, "origin")).toMatchObject({ commit: first });
});

it("takes main where the remote's HEAD is detached", async () => {
  const remote = await workRepository();
  await gitIn(remote, "checkout", "--quiet", "--detach");
  const workspace = await openWorkspace(await mirrorOf(remote));
  expect(await fetchDefaultBranch(workspace, "origin")).toMatchObject({ name: "main" });
});

it("says so where the remote has no commit, or is not there", async () => {
  const empty = await openWorkspace(await mirrorOf(await bareRepository()));
  await expect(fetchDefaultBranch(empty, "origin")).rejects.toMatchObject({ code: "NO_COMMIT" });
  const gone = await openWorkspace(await mirrorOf("/nowhere/at/all"));
  await expect(fetchDefaultBranch(gone, "origin")).rejects.toMatchObject({ code: "REMOTE_FAILED" });
});

it("shows a remote the host's credentials, fresh each time, and writes them nowhere", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let token = 0;
  const remoteEnvironment = async () => {
    token += 1;
    return {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `http.${url}.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic token-${token}`,
    };
  };
  const folder = await mirrorOf(`${url}models.git`);
  const workspace = await openWorkspace(folder, { remoteEnvironment });
  await expect(fetchDefaultBranch(workspace, "origin")).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  const objects = await openObjects(folder, { remoteEnvironment });
  onTestFinished(() => objects.close());
  await expect((await registryOn(objects, "origin", undefined)).snapshot()).rejects.toMatchObject({
    code: "REMOTE_FAILED",
  });
  expect(seen).toEqual(["Basic token-1", "Basic token-2"]);
  expect(await gitIn(folder, "config", "--list", "--show-origin")).not.toContain("token-");
});

const own = async (folder: string) => defaultBranch(await openWorkspace(folder));

it("takes the only branch there is, whatever it is called", async () => {
  const folder = await workRepository();
  await gitIn(folder, "branch", "-m", "release/2026");
  for (const ours of ["registry", "experiments", "deploy", "monitoring"]) await gitIn(folder, "branch", ours);
  expect(await own(folder)).toMatchObject({ name: "release/2026" });
});

it("takes what a clone knows of its remote's HEAD, before main", async () => {
  const remote = await workRepository();
  await gitIn(remote, "branch", "-m", "trunk");
  const folder = `${await temporaryFolder()}/clone`;
  await gitIn(remote, "clone", "--quiet", "--origin", "upstream", remote, folder);
  await gitIn(folder, "branch", "main");
  await gitIn(folder, "commit", "--quiet", "--allow-empty", "--message=here");
  expect(await own(folder)).toEqual({ name: "trunk", commit: await gitIn(folder, "rev-parse", "trunk") });
});

it("takes the remote's tip where a clone has no such branch of its own", async () => {
  const remote = await workRepository();
  const folder = `${await temporaryFolder()}/clone`;
  await gitIn(remote, "clone", "--quiet", remote, folder);
  await gitIn(folder, "switch", "--quiet", "--create", "feature");
  await gitIn(folder, "commit", "--quiet", "--allow-empty", "--message=feature");
  await gitIn(folder, "branch", "--quiet", "-D", "main");
  expect(await own(folder)).toEqual({ name: "main", commit: await gitIn(remote, "rev-parse", "main") });
});

it("takes what the repository's own configuration calls it, before all else", async () => {
  const folder = await workRepository();
  await gitIn(folder, "branch", "live");
  await gitIn(folder, "config", "init.defaultBranch", "live");
  expect(await own(folder)).toMatchObject({ name: "live" });
});

it("says how to name it where several could be it", async () => {
  const folder = await workRepository();
  await gitIn(folder, "branch", "-m", "trunk");
  await gitIn(folder, "branch", "side");
  const problems = [expect.objectContaining({ found: "branches side, trunk" })];
  await expect(own(folder)).rejects.toMatchObject({ code: "WRONG_BRANCH", problems });
  await gitIn(folder, "config", "init.defaultBranch", "trunk");
  expect(await own(folder)).toMatchObject({ name: "trunk" });
});

it("proposes no branch where several could be it, not even the one that somebody works on", async () => {
  const folder = await workRepository();
  await gitIn(folder, "branch", "-m", "trunk");
  await gitIn(folder, "switch", "--quiet", "--create", "feature");
  const hint = expect.stringContaining("git config init.defaultBranch <name>");
  await expect(own(folder)).rejects.toMatchObject({ problems: [{ hint }] });
});

it("does not go on with another branch where the configuration names one that is not there", async () => {
  const folder = await workRepository();
  await gitIn(folder, "config", "init.defaultBranch", "gone");
  await expect(own(folder)).rejects.toMatchObject({ code: "WRONG_BRANCH" });
});

it("takes the only branch of a bare repository whose HEAD names none", async () => {
  const [source, folder] = [await workRepository(), await bareRepository()];
  await gitIn(source, "push", "--quiet", folder, "main:trunk");
  const commit = await gitIn(source, "rev-parse", "main");
  expect(await own(folder)).toEqual({ name: "trunk", commit });
  expect(await fetchDefaultBranch(await openWorkspace(await mirrorOf(folder)), "origin")).toMatchObject({ commit });
});

it("reads a default branch of any name for whoever signs", async () => {
  const folder = await workRepository();
  await gitIn(folder, "branch", "-m", "trunk");
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPmvhxyDXtb5rGsHpI8TLY8iLqVVHyvRzGCMiXv7e3tZ";
  await writeFile(`${folder}/slipway.yaml`, `slipway: 1\nsigners:\n  - { name: ada, key: ${key} }\n`);
  await gitIn(folder, "add", "slipway.yaml");
  await gitIn(folder, "commit", "--quiet", "--message=signers");
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  expect(await signersOf({ objects, remote: undefined })()).toMatchObject([{ name: "ada" }]);
});
