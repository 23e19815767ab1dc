import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AppProcess, startAppProcess, until } from "../../helpers/app-process.ts";
import { labelled, openLabelled } from "./labelled.ts";
import type { Watching } from "./watching.ts";

let github: Watching;
let folder: string;
let app: AppProcess | undefined;

beforeAll(async () => {
  github = await openLabelled();
  await github.hosted.app.close();
  folder = await mkdtemp(join(tmpdir(), "slipway-monitoring-killed-"));
}, 180_000);
afterAll(async () => {
  await app?.end("SIGKILL");
  await github.end();
  // The Git of an App that was killed may still end its work here.
  await rm(folder, { recursive: true, maxRetries: 5 });
});

/** With a disk of its own: nothing of an earlier one is there. */
async function start(): Promise<AppProcess> {
  const { config, added } = github.hosted;
  await rm(join(folder, "state"), { recursive: true, force: true, maxRetries: 5 });
  app = await startAppProcess(
    {
      APP_ID: String(config.APP_ID),
      PRIVATE_KEY: config.PRIVATE_KEY,
      WEBHOOK_SECRET: config.WEBHOOK_SECRET,
      GITHUB_API_URL: config.GITHUB_API_URL,
      SLIPWAY_STATE: join(folder, "state"),
      SLIPWAY_WRITES_PER_MINUTE: "0",
    },
    { folder },
  );
  added.setWebhook(`${app.url}/api/github/webhooks`, config.WEBHOOK_SECRET);
  return app;
}

/** The next such request is never answered; resolves when it has come. */
function hang(method: string, path: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const never = () => {
      resolve();
      return new Promise(() => {});
    };
    github.hosted.sandbox.faults.api({ kind: "slow", method, path, until: never });
  });
}

it("killed with SIGKILL before each act in turn, and started again without its disk: all is done, and once", async () => {
  const { sandbox } = github.hosted;
  // No webhook of it arrives: each start finds the run by itself.
  sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 3 });
  const windows = [labelled(10, 50), labelled(9, 45)];
  await github.looked({ windows });
  const acts: [string, RegExp][] = [
    ["GET", /\/actions\/artifacts\/\d+\/zip/],
    ["GET", /\/issues\?.*creator/],
    ["POST", /\/issues$/],
    ["PATCH", /\/issues\/\d+$/],
    ["POST", /\/issues\/\d+\/comments$/],
    // What a version that came back lacks is found by the registry, after what the run was to do.
    ["POST", /\/deployments$/],
  ];
  for (const [method, path] of acts) {
    const hung = hang(method, path);
    const running = await start();
    await hung;
    await running.end("SIGKILL");
  }
  const last = await start();
  await until(() => last.printed().includes('"caught up with GitHub"') && github.deployments().length > 2);
  await sandbox.idle();
  expect(await last.end("SIGTERM")).toBe(0);

  expect(await github.git("rev-list", "--count", "monitoring")).toBe("1");
  expect(await github.live()).toBe(1);
  expect(github.deployments()).toEqual([1, 2, 1].map((version) => `slipway:penguins ${version} → production`));
  const issues = github.issues();
  expect(issues).toHaveLength(1);
  expect(issues.flatMap((issue) => github.told(issue))).toEqual([expect.stringMatching(/^Version 1 is in production/)]);
  expect(issues[0]?.body).toContain("Version 1 is in production again in place of version 2");
}, 180_000);
