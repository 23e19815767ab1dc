import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { tellStory } from "../../tools/browser/story/tell.ts";
import { REPOSITORY_ID, startOnGitHub } from "./on-github.ts";
import type { PortalPlace } from "./place.ts";
import { startUi } from "./ui-process.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Three weeks of two models in a plain repository, for who takes a copy. */
    story: string;
    /** The folder that holds the store of its artifacts. */
    stores: string;
    /** Its runs, newest first. */
    runs: string[];
    /** `slipway ui --write` on it. */
    ui: PortalPlace;
    /** The App beside a stand-in for GitHub, on a copy of it; one approval is needed for production. */
    app: PortalPlace;
  }
}

/** What all files of the project look at: told once, since it takes half a minute. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), "slipway-browser-"));
  const [folder, stores] = [join(root, "models"), join(root, "stores")];
  const store = join(stores, String(REPOSITORY_ID));
  await mkdir(folder);
  await mkdir(store, { recursive: true });
  await tellStory(folder, { store });
  const [ui, app] = await Promise.all([startUi(folder, ["--write"]), startOnGitHub(folder, stores, root)]);
  project.provide("story", folder);
  project.provide("stores", stores);
  project.provide("runs", (await readdir(join(folder, ".slipway/runs"))).sort().reverse());
  project.provide("ui", ui.place);
  project.provide("app", app.place);
  return async () => {
    await Promise.all([ui.end(), app.close()]);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
}
