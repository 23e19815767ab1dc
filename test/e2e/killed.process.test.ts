import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { until } from "../helpers/app-process.ts";
import { modelsRepository } from "./models-repository.ts";
import { processes } from "./processes.ts";
import { FILES } from "./tiny-model.ts";

const inFolder = (...parts: string[]) => readdir(join(...parts)).catch(() => []);

it.each([
  ["while it trains", { "models/tiny/train.mjs": `console.log("up"); setTimeout(() => {}, 76543e3);\n` }, {}],
  ["while it sets up", {}, { setup: `echo up; sleep 76543; mkdir made`, lock: [] }],
])(
  "a kill -9 of a run %s leaves no process, and the next run nothing but the word that it was interrupted",
  async (_, files, environment) => {
    const place = await modelsRepository({ files, spec: { environment } });
    const started = place.start(["run", "tiny"]);
    await started.said("up");
    started.child.kill("SIGKILL");
    await started.ended;
    await until(async () => (await processes(place, /train\.mjs|sleep 76543/)).length === 0);
    const [left] = await inFolder(place.folder, ".slipway/runs");
    expect(await inFolder(place.root, "tmp")).not.toEqual([]);

    await place.write({ "models/tiny/train.mjs": FILES["train.mjs"] as string });
    await place.spec({ environment: {} });
    await place.slipway("run", "tiny");
    const runs = await inFolder(place.folder, ".slipway/runs");
    expect(runs.length).toBe(2);
    for (const run of runs) expect(await inFolder(place.folder, ".slipway/runs", run)).not.toContain("owner.json");
    const { result } = await place.json("runs", "show", left as string);
    expect(result.shown?.[0]?.status).toBe("interrupted");
    expect(await inFolder(place.root, "tmp")).toEqual([]);
    for (const key of await inFolder(place.folder, ".slipway/cache/env")) {
      expect(await inFolder(place.folder, ".slipway/cache/env", key)).toEqual(["lock"]);
    }
  },
);
