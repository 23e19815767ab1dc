import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { fetchBranch } from "../../core/git/remote.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { bareRepository, gitIn, workRepository } from "../registry/repositories.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The Git commands that a fetch of main comes to. */
async function processes(remoteEnvironment?: () => Promise<Record<string, string>>): Promise<string[]> {
  const folder = await bareRepository();
  await gitIn(folder, "config", "remote.origin.url", await workRepository());
  const workspace = await openWorkspace(folder, { remoteEnvironment });
  const trace = join(folder, "trace.json");
  vi.stubEnv("GIT_TRACE2_EVENT", trace);
  await fetchBranch(workspace, "origin", "refs/heads/main");
  const events = (await readFile(trace, "utf8")).trim().split("\n");
  return events
    .map((line) => JSON.parse(line) as { event: string; sid: string; argv?: string[] })
    .filter(({ event, sid }) => event === "start" && !sid.includes("/"))
    .map(({ argv }) => argv?.find((word) => word === "fetch" || word === "config") ?? "");
}

it("fetches with one process where the host has said how the remote is reached", async () => {
  expect(await processes(async () => ({}))).toEqual(["fetch"]);
});

it("asks Git first how the user's ssh is called, so that it never waits for a password", async () => {
  expect(await processes()).toEqual(["config", "fetch"]);
});
