import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { LockResult } from "../../schemas/cli-output.ts";
import { temporaryFolder, write } from "../data/setting.ts";
import { workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const specWith = (train: string) => `slipway: 1
task: classification
data: { train: "${train}", test: test.csv, label: y }
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`;

async function locked() {
  const data = await temporaryFolder();
  await write(data, { "a.csv": "y,x\na,1\n", "b.csv": "y,x\nb,2\n" });
  const cwd = await workRepository();
  const location = `file://${data}/*.csv`;
  await write(cwd, { "models/m/model.yaml": specWith(location), "models/m/test.csv": "y,x\na,3\n" });
  expect(await slipway(["lock"], { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining("2 pinned") });
  return { data, cwd, location };
}

it("says with --check that nothing moved", async () => {
  const { cwd } = await locked();
  expect(await slipway(["lock", "--check"], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("nothing moved"),
  });
});

it("says with --check what moved, exits with 2 and writes nothing", async () => {
  const { data, cwd, location } = await locked();
  await writeFile(join(data, "c.csv"), "y,x\na,9\n");
  await rm(join(data, "a.csv"));
  const said = await slipway(["lock", "--check"], { cwd });
  expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining("[DATA_CHANGED]") });
  expect(said.stdout).toContain(`+ file://${data}/c.csv added`);
  expect(said.stdout).toContain(`- file://${data}/a.csv gone`);
  const { result } = JSON.parse((await slipway(["lock", "--check", "--json"], { cwd })).stdout);
  expect(LockResult.parse(result).models).toMatchObject([
    {
      model: "m",
      uris: 2,
      changed: true,
      moved: [{ location, added: [`file://${data}/c.csv`], gone: [`file://${data}/a.csv`], changed: [] }],
    },
  ]);
});

it("says of each file whether it was pinned, moved, stayed or is pinned no more", async () => {
  const { data, cwd, location } = await locked();
  await write(data, { "a.csv": "y,x\na,10\n", "c.csv": "y,x\nc,3\n", "d.csv": "y,x\nd,4\n" });
  await slipway(["lock"], { cwd });
  await write(data, { "a.csv": "y,x\na,1\n", "e.csv": "y,x\ne,5\n" });
  await rm(join(data, "c.csv"));
  const { stdout } = await slipway(["lock"], { cwd });
  const short = (rows: string) => `${rows.length} bytes, sha256 ${sha256(rows).slice(0, 12)}`;
  expect(stdout.trimEnd().split("\n")).toEqual([
    "+ models/m/data.lock.json: 4 pinned",
    `  ${location}`,
    `    ~ file://${data}/a.csv moved: ${short("y,x\na,10\n")} → ${short("y,x\na,1\n")}`,
    `    - file://${data}/c.csv pinned no more`,
    `    + file://${data}/e.csv pinned: ${short("y,x\ne,5\n")}`,
    "    2 files stayed as pinned",
    "commit what was pinned",
  ]);
});

it("says with --json what was done with each file", async () => {
  const { data, cwd, location } = await locked();
  await write(data, { "a.csv": "y,x\na,10\n" });
  const { result } = JSON.parse((await slipway(["lock", "--json"], { cwd })).stdout);
  const bytes = (rows: string) => ({ sha256: sha256(rows), size: rows.length });
  const b = bytes("y,x\nb,2\n");
  expect(LockResult.parse(result).models[0]?.pins).toEqual([
    {
      ...{ location, uri: `file://${data}/a.csv`, change: "changed" },
      ...{ before: bytes("y,x\na,1\n"), now: bytes("y,x\na,10\n") },
    },
    { location, uri: `file://${data}/b.csv`, change: "kept", before: b, now: b },
  ]);
});

it("says that nothing was pinned anew, and what stayed", async () => {
  const { cwd } = await locked();
  const { stdout } = await slipway(["lock"], { cwd });
  expect(stdout).toContain("2 files stayed as pinned\nnothing to pin anew");
});

it("shows on a terminal how many bytes came", async () => {
  const { data, cwd } = await locked();
  await write(data, { "a.csv": `y,x\n${"a,1\n".repeat(500)}` });
  const { stderr } = await slipway(["lock"], { cwd, terminal: true });
  expect(stderr).toMatch(/lock m \d\.\d s · fetching 2 kB of 2 kB/);
});
