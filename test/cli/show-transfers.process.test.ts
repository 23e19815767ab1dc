import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { colorsFor } from "../../cli/colors.ts";
import { createProgress } from "../../cli/progress.ts";
import { showTransfers } from "../../cli/show-transfers.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { plainHost } from "../acts/plain-host.ts";
import { temporaryFolder, write } from "../data/setting.ts";
import { register } from "../registry/builders.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

it.each(["storing", "fetching", "checking"])("a store's bytes are shown while they move: %s", async (label) => {
  const folder = await temporaryFolder();
  await write(folder, { "model/a.bin": "five!", "model/b.bin": "six!!!" });
  await mkdir(join(folder, "store"));
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text), isTTY: true, columns: 80 };
  const progress = createProgress({ stream, colors: colorsFor({}, {}, true), quiet: false });
  const store = showTransfers(openFolderStore(join(folder, "store"), "file:store"), progress);
  const artifact = await store.putFolder(join(folder, "model"));
  if (label === "fetching") await store.getFolder(artifact, join(folder, "out"));
  if (label === "checking") expect(await store.verify(artifact)).toBe("ok");
  progress.close();
  expect(written.join("")).toMatch(new RegExp(`${label} \\d+ bytes of 11 bytes 0\\.\\d s`));
  expect(written.at(-1)).toBe("\r\u001b[2K");
});

/** What `pull` of the one version says on stderr. */
async function pulled(...options: string[]) {
  const host = await plainHost();
  await register(host.registry);
  const cwd = host.workspace.folder;
  const { code, stderr } = await slipway(["pull", "penguins", "--to", "out", ...options], { cwd, terminal: true });
  expect(code).toBe(0);
  return stderr;
}

it("pull shows on a terminal how many bytes came", async () => {
  expect(await pulled()).toMatch(/pull penguins \d\.\d s · fetching \d+ bytes of \d+ bytes/);
});

it("pull shows nothing of it with --quiet", async () => {
  expect(await pulled("--quiet")).toBe("");
});
