import { afterAll, beforeAll, expect, it } from "vitest";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";
import { startTokenServer, type TokenServer } from "../../stores/token-server.ts";
import { threshold } from "../github/models.ts";
import { jobsOf, newestRun, type OnAct, openOnAct } from "./runs.ts";

// A registry of the team's own, whose accounts the workflows that need them are handed. The bot is not: it goes by runs' word.
const ACCOUNTS = {
  reader: { password: "secret-of-reader", may: ["pull"] },
  writer: { password: "secret-of-writer", may: ["pull", "push"] },
};
const REGISTER = { data: "reader", store: "writer" } as const;

let tokens: TokenServer;
let at: OnAct;
let issue: { number: number };

beforeAll(async () => {
  tokens = await startTokenServer(ACCOUNTS);
  const { files } = await readGitHubFiles(PACKAGE_ROOT, "main", true);
  const handing = (name: string, secrets: Readonly<Record<string, keyof typeof ACCOUNTS>>) => {
    const path = `.github/workflows/${name}`;
    const lines = Object.entries(secrets).map(
      ([secret, user]) =>
        `      ${secret}: '{ "SLIPWAY_OCI_USERNAME": "${user}", "SLIPWAY_OCI_PASSWORD": \${{ toJSON(secrets.${user.toUpperCase()}) }} }'\n`,
    );
    const text = String(files.get(path)).replace(/ *# secrets:\n *#.*\n/, "");
    return { [path]: `${text.trimEnd()}\n    secrets:\n${lines.join("")}` };
  };
  at = await openOnAct({
    bot: true,
    tokenAuth: tokens.auth,
    secrets: { READER: ACCOUNTS.reader.password, WRITER: ACCOUNTS.writer.password },
    files: {
      ...handing("slipway-register.yml", REGISTER),
      ...handing("slipway-compare.yml", { data: "reader" }),
      // The job `deploy`, which is the last one.
      ...handing("slipway-bot.yml", { data: "reader" }),
    },
  });
  await at.push("owner", "main", threshold(48));
  issue = await at.issue("rolf");
  await at.say("rolf", issue, "/promote tiny@1 production");
});
afterAll(async () => {
  await at?.close();
  await tokens?.stop();
});

it("has the job `store` alone write the registry, with the account that may", async () => {
  expect(await at.versions()).toMatchObject([1, 2].map((version) => ({ version, bytes: { outcome: "attested" } })));
  const pushing = tokens.asked.filter(({ scopes }) => scopes.some((scope) => scope.includes("push")));
  expect(new Set(pushing.map(({ user }) => user))).toEqual(new Set(["writer"]));
});

it("starts the comparison with its own token, hears of its end, and decides the request", async () => {
  const answers = await at.say("rolf", issue, "/promote tiny@2 production");

  expect(answers).toEqual([
    expect.stringContaining("Comparing first: tiny version 2 with version 1, which is in production now"),
    expect.stringContaining("tiny version 2 is in production"),
  ]);
  expect(jobsOf(newestRun(at, "Slipway compare"))).toEqual({
    "compare / compare": "success",
    "compare / tiny / result …": "success",
  });
  expect(jobsOf(newestRun(at, "Slipway bot"))).toEqual({ bot: "success", "deploy / deploy": "success" });
});

it("records whose word the promotion rests on", async () => {
  const record = (await at.record(`${modelFolder("tiny")}/model.json`)) as {
    stages: Record<string, { version: number }>;
  };
  expect(record.stages["production"]?.version).toBe(2);
});
