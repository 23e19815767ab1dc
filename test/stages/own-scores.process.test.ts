import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bringScores } from "../../core/stages/recompute-from.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";

it("takes of a job's scores those of the spec's own metrics alone, and none by a name that every object has", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-scores-"));
  const store = openFolderStore(join(folder, "store"), "bundle:");
  writeFileSync(join(folder, "scores.csv"), "slipway_id,value\n1,0.5\n");
  const file = await store.putFile(join(folder, "scores.csv"));
  const metrics = ["readability", "constructor"];
  const files = await bringScores(
    store,
    { readability: file, undeclared: file },
    { metrics, folder, rows: 100, suffix: "" },
  );
  expect(Object.keys(files)).toEqual(["readability"]);
  expect(readFileSync(files["readability"] ?? "", "utf8")).toContain("1,0.5");
});
