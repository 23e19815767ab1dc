import { expect, it, onTestFinished } from "vitest";
import { git } from "../../../core/git/run.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import { makeKey } from "../../git/ssh/keys.ts";
import { modelFiles, specOf, startModels } from "../models-on-github.ts";

async function started(signers: string, signingKey?: string) {
  const github = await startModels({
    files: modelFiles("late"),
    policy: `signers: [{ name: slipway-app, key: "${signers}" }]\n`,
    hosted: { config: signingKey === undefined ? {} : { SLIPWAY_SIGNING_KEY: signingKey } },
  });
  onTestFinished(() => github.end());
  return github;
}

it("the App signs what it registers with the key of its environment, and logs the public half alone", async () => {
  const key = await makeKey();
  const github = await started(key.text, key.secret);
  await github.push("main", { "models/late/model.yaml": specOf({ trees: 9 }) });
  await github.run("main", { results: { late: await github.stored({ model: "late" }) } });
  const signers = [{ name: "slipway-app", key: key.text }];
  const { findings, signatures } = await verifyRegistry({ folder: github.repo.folder, signers });
  expect({ findings, signatures }).toMatchObject({ findings: [], signatures: { signed: 1, untrusted: 0 } });
  const log = github.hosted.log.join("\n");
  expect(log).toContain(key.text);
  for (const line of key.secret.split("\n").slice(1, -2)) expect(log).not.toContain(line);
});

it("an App whose key is not named registers nothing, and says why on the pull request", async () => {
  const key = await makeKey();
  const github = await started(key.text);
  const pull = await github.openPull("late", { "models/late/model.yaml": specOf({ trees: 9 }) });
  await github.run(pull, { results: { late: {} } });
  await github.merge(pull);
  await github.run("main", { results: { late: await github.stored({ model: "late" }) } });
  expect(github.comments(pull).join("\n")).toContain("NOT_A_SIGNER");
  expect((await git(github.repo.folder, ["tag", "--list"])).toString()).toBe("");
});

it("an App registers nothing on top of a commit from the future, and says on the pull request how it is accepted", async () => {
  const github = await startModels({ files: modelFiles("late"), policy: "" });
  onTestFinished(() => github.end());
  const seconds = Date.parse("2099-03-01T09:00:00Z") / 1000;
  const commit = `commit refs/heads/registry\ncommitter Eve <eve@example.org> ${seconds} +0000\ndata 0\n`;
  await git(github.repo.folder, ["fast-import", "--quiet"], { input: `${commit}M 100644 inline names/x\ndata 0\n` });
  const tip = (await git(github.repo.folder, ["rev-parse", "registry"])).toString().trim();
  const pull = await github.openPull("late", { "models/late/model.yaml": specOf({ trees: 9 }) });
  await github.run(pull, { results: { late: {} } });
  await github.merge(pull);
  await github.run("main", { results: { late: await github.stored({ model: "late" }) } });
  const said = github.comments(pull).join("\n");
  expect(said).toContain("REGISTRY_FROM_FUTURE");
  expect(said).toContain(`slipway verify --accept ${tip}`);
  expect((await git(github.repo.folder, ["rev-parse", "registry"])).toString().trim()).toBe(tip);
});
