import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readGitHubFiles } from "../../../../cli/init/github.ts";
import { PACKAGE_ROOT } from "../../../cli/memory-host.ts";
import { running } from "./running.ts";

const DEPLOY_WORKFLOW_PATH = ".github/workflows/slipway-deploy.yml";
const at = { owner: "acme", repo: "models" };

/** What `init` writes for deployments, with this command, on our deploy.yml and an Action that only answers. */
async function deploying(command: string) {
  const { files } = await readGitHubFiles(PACKAGE_ROOT, "main", false);
  const caller = `${files.get(DEPLOY_WORKFLOW_PATH)}    with:\n      run: ${command}\n    secrets: { deploy: "\${{ secrets.KEY }}" }\n`;
  const read = (file: string) => readFile(path.join(PACKAGE_ROOT, file), "utf8");
  const world = await running(
    {},
    {
      ".github/workflows/deploy.yml": await read(".github/workflows/deploy.yml"),
      "actions/deploy/action.yml": (await read("actions/deploy/action.yml")).replace(/main: .*$/m, "main: fake.js"),
      "actions/deploy/fake.js": `
const { INPUT_STATE, INPUT_TOKEN, GITHUB_OUTPUT, GITHUB_REF } = process.env;
console.log("deploy: " + [INPUT_STATE, INPUT_TOKEN !== "", GITHUB_REF]);
require("node:fs").appendFileSync(GITHUB_OUTPUT, "model=penguins\\nversion=3\\nstage=production\\npath=/artifact\\n");
`,
    },
    { secrets: { "acme/models": { KEY: "hush-hush" } } },
  );
  await world.push({
    [DEPLOY_WORKFLOW_PATH]: caller,
    "deploy.sh": 'echo "at $PWD: $SLIPWAY_ARTIFACT $SLIPWAY_SECRET"\n',
  });
  const deploy = async (task: string) => {
    const wanted = { ...at, ref: "main", task, environment: "production", required_contexts: [], auto_merge: false };
    await world.sandbox.octokit("ada").rest.repos.createDeployment(wanted);
    await world.sandbox.idle();
  };
  return { ...world, deploy };
}

it("carries out a deployment of Slipway's with the repository's own command, and says how it went", async () => {
  const { deploy, jobs, log } = await deploying('sh deploy.sh "$SLIPWAY_MODEL"');
  await deploy("slipway:penguins");
  expect(jobs()).toEqual({ "deploy / deploy": "success" });
  const said = await log("deploy / deploy");
  expect(said).toMatch(/at \/\S+\/models\/models: \/artifact \*\*\*\n/);
  expect(said.match(/^deploy: .*$/gm)).toEqual([
    "deploy: ,true,refs/heads/main",
    "deploy: success,true,refs/heads/main",
  ]);
});

it("says so where the command failed", async () => {
  const { deploy, jobs, log } = await deploying("exit 3");
  await deploy("slipway:penguins");
  expect(jobs()).toEqual({ "deploy / deploy": "failure" });
  expect(await log("deploy / deploy")).toContain("deploy: failure,true");
});

it("leaves other deployments to others", async () => {
  const { deploy, jobs } = await deploying("exit 3");
  await deploy("deploy");
  expect(jobs()).toEqual({ deploy: "skipped" });
});
