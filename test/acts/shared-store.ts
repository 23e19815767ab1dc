import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { collectGarbage } from "../../core/acts/collect-garbage.ts";
import { openNamedStore } from "../../core/stores/open/open-named.ts";
import { openStore } from "../../core/stores/open/open-store.ts";
import type { StoreChoice } from "../../schemas/policy.ts";
import { plainHost } from "./plain-host.ts";

const HOUR_FILE = "penguins/20261129T16/abc1-3.parquet";
const REPORT = "penguins/rollouts/abc1.json";

/** What holds if artifacts and the request log are at one address of this kind. `start` makes an empty one. */
export function testSharedStore(
  name: string,
  start: () => Promise<{ choice: StoreChoice; env?: Readonly<Record<string, string>> }>,
): void {
  it(`touches nothing of a request log in the same store, and the log nothing of artifacts: ${name}`, async () => {
    const { choice, env = {} } = await start();
    const host = await plainHost({}, { clock: () => new Date(Date.now() + 3 * 24 * 60 * 60 * 1_000) });
    const store = openStore(choice, host.workspace.folder, {}, { env });
    const log = openNamedStore(choice, host.workspace.folder, {}, env);
    const folder = await mkdtemp(join(tmpdir(), "slipway-shared-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "file"), "the same bytes");
    const bytes = Buffer.from("the same bytes");
    await log.put(HOUR_FILE, bytes);
    await log.put(REPORT, Buffer.from("{}"));

    const artifact = await store.putFolder(folder);
    expect((await log.list("")).filter((each) => each.includes("penguins")).sort()).toEqual([HOUR_FILE, REPORT].sort());
    const { removals } = await collectGarbage({ ...host, store }, { remove: true });
    expect(removals.size).toBeGreaterThan(0);
    expect(await store.has(artifact)).toBe("missing");
    expect(await log.get(HOUR_FILE)).toEqual(bytes);
    expect(String(await log.get(REPORT))).toBe("{}");

    const again = await store.putFolder(folder);
    await log.remove(HOUR_FILE);
    expect(await log.list("penguins/")).toEqual([REPORT]);
    expect(await store.verify(again)).toBe("ok");
  });
}
