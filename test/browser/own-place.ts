import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";
import { startOnGitHub } from "./on-github.ts";
import type { PortalPlace } from "./place.ts";
import { startUi } from "./ui-process.ts";

/** `slipway ui --write` on a copy of the story, for one file or a part of it alone; `prepare` changes the copy first. */
export function ownUi(prepare?: (folder: string) => Promise<unknown>): { place: PortalPlace } {
  return ownPlace(async (root) => {
    const folder = join(root, "models");
    await cp(inject("story"), folder, { recursive: true });
    await prepare?.(folder);
    const { place, end } = await startUi(folder, ["--write"]);
    return { place, end };
  });
}

/** The App and a stand-in for GitHub with the story, for one file alone. */
export function ownApp(): { place: PortalPlace } {
  return ownPlace(async (root) => {
    const { place, close } = await startOnGitHub(inject("story"), inject("stores"), root);
    return { place, end: close };
  });
}

function ownPlace(start: (root: string) => Promise<{ place: PortalPlace; end(): Promise<void> }>) {
  const own = {} as { place: PortalPlace };
  let end: (() => Promise<void>) | undefined;
  let root: string | undefined;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-place-"));
    const started = await start(root);
    own.place = started.place;
    end = started.end;
  });
  afterAll(async () => {
    await end?.();
    if (root !== undefined) await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return own;
}
