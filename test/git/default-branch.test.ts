import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { fetchDefaultBranch } from "../../core/git/default-branch.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { bareRepository, gitIn, workRepository } from "../registry/repositories.ts";

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
