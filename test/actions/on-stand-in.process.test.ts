import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { unzipResult } from "../../core/attested/unzip-result.ts";
import { detectIsolation } from "../../core/runtime/isolation.ts";
import { parseResultName } from "../../core/stages/result-name.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { FILES, POLICY, SPEC } from "../e2e/tiny-model.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { running } from "../tools/sandbox/runner/running.ts";
import { releaseIn } from "./release.ts";

const CALLER = `name: Slipway
on: { push: { branches: [main] }, pull_request: {} }
permissions: {}
jobs:
  pipeline:
    permissions: { actions: read, contents: read, id-token: write, packages: write }
    uses: slipway/slipway/.github/workflows/register.yml@v1
`;

/** What user code finds in the environments of its own process and those above it, as the system shows them. */
const LOOK = `import { readFileSync as read } from "node:fs";
let shown = "";
for (let pid = "self"; pid !== "0" && pid !== "1"; pid = /^PPid:\\s*(\\d+)/m.exec(read("/proc/" + pid + "/status", "utf8"))[1])
  shown += read("/proc/" + pid + "/environ", "latin1");
console.log("token: " + /ACTIONS_RUNTIME_TOKEN=./.test(shown));
`;

it("runs a push with the bundles as a runner starts them, to a result that can be registered", async () => {
  const root = temporaryFolder();
  const store = path.join(root, "store");
  const release = await releaseIn(path.join(root, "release"));
  const world = await running({}, {}, { packaged: { name: "slipway/slipway", folder: release, refs: ["v1"] } });
  const model = Object.entries(FILES).map(([name, text]) => [`models/tiny/${name}`, text]);
  await world.push({
    ".github/workflows/slipway.yml": CALLER,
    "slipway.yaml": stringify({ ...POLICY, artifacts: { store: `file:${store}` } }),
    "models/tiny/model.yaml": stringify(SPEC),
    ...Object.fromEntries(model),
    "models/tiny/predict.mjs": `${LOOK}${FILES["predict.mjs"]}`,
  });
  const jobs = world.jobs();
  const name = Object.keys(jobs).find((job) => parseResultName(job)) ?? "";
  const { artifact, sha256 } = parseResultName(name) ?? { artifact: 0, sha256: "" };
  const kept = world.repo.artifacts.get(artifact);
  expect(kept?.digest).toBe(`sha256:${sha256}`);
  const content = await unzipResult(await readFile(kept?.file ?? ""));
  const run = RunResult.parse(JSON.parse(String(content)));
  expect(run).toMatchObject({ outcome: "succeeded", binding: true, model: "tiny" });
  expect(run.artifact?.uri).toMatch(new RegExp(`^file:${store}/sha256/`));
  expect(await readFile(run.predictions?.uri.slice("file:".length) ?? "")).toHaveLength(run.predictions?.size ?? 0);
  // Before Node 22.15 a process cannot change what it was started with: docs/actions.md says so.
  // In a process namespace there is nothing above user code to read.
  const readable = !("execve" in process) && (await detectIsolation()) !== "pid-namespace";
  expect(await world.log("pipeline / tiny / predict")).toContain(`│ token: ${readable}`);
});
