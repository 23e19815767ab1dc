import { mkdir, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { git } from "../../../core/git/run.ts";
import { until } from "../../helpers/app-process.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

const versions = async ({ repo }: ModelsOnGitHub) =>
  (await git(repo.folder, ["tag", "--list", "penguins@*"])).toString().split("\n").filter(Boolean);

/** Four gigabytes of zeros. */
const LARGE = { size: 4 * 1024 ** 3, sha256: "8479e43911dc45e89f934fe48d01297e16f51d17aa561d4d1c216b1ae0fcddca" };

it("goes away within seconds from four gigabytes that it checks, and registers them after the next start", async () => {
  const github = await startModels();
  onTestFinished(() => github.end());
  const { hosted, store } = github;
  const pull = await github.openPull("large", { "models/penguins/model.yaml": specOf({ trees: 7 }) });
  await github.merge(pull);
  const about = await github.stored();
  const files = [{ path: "weights", ...LARGE }];
  const list = canonicalJson(files);
  for (const [digest, write] of [
    [LARGE.sha256, (handle: Awaited<ReturnType<typeof open>>) => handle.truncate(LARGE.size)],
    [sha256(list), (handle: Awaited<ReturnType<typeof open>>) => handle.writeFile(list)],
  ] as const) {
    const place = join(store, "sha256", digest.slice(0, 2), digest);
    await mkdir(dirname(place), { recursive: true });
    const handle = await open(place, "wx");
    await write(handle);
    await handle.close();
  }
  const artifact = { uri: `file:${store}/large`, sha256: sha256(list), size: LARGE.size, files };

  const told = github.run("main", { results: { penguins: { ...about, artifact } } });
  await until(() => hosted.sandbox.state.requests.some(({ path }) => /\/artifacts\/\d+\/zip$/.test(path)));
  const since = performance.now();
  await hosted.app.close();
  expect(performance.now() - since).toBeLessThan(5_000);
  await told;
  expect(await versions(github)).toEqual([]);

  await hosted.restart();
  await hosted.app.catchUp();
  await hosted.settled();
  expect(await versions(github)).toEqual(["penguins@v1.0.0"]);
  expect(await readdir(join(store, "tmp")).catch(() => [])).toEqual([]);
}, 120_000);
