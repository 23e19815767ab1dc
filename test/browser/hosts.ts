import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { tellStory } from "../../tools/browser/story/tell.ts";
import { startUi } from "./ui-process.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `slipway ui --write` on a repository with three weeks of history, which tests may change. */
    ui: { origin: string; cookies: string[]; folder: string };
  }
}

/** The cookies that the printed address gives to the first browser that opens it. */
async function signIn(url: string): Promise<string[]> {
  const { headers } = await fetch(url, { redirect: "manual" });
  return headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
}

/** What all files of the project look at: told once, since it takes half a minute. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), "slipway-browser-"));
  const folder = join(root, "models");
  await mkdir(folder);
  await tellStory(folder);
  const ui = await startUi(folder, ["--write"]);
  project.provide("ui", { origin: new URL(ui.url).origin, cookies: await signIn(ui.url), folder });
  return async () => {
    await ui.end();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
}
