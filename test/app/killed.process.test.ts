import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Pull } from "../../tools/sandbox/state.ts";
import { type AppProcess, startAppProcess, until } from "../helpers/app-process.ts";
import { gate } from "../helpers/gate.ts";
import { type Conversation, startConversation } from "./commands/conversation.ts";

let talk: Conversation;
let folder: string;
let app: AppProcess;
let merged: Pull;

beforeAll(async () => {
  talk = await startConversation({ policy: "stages: [early, middle, late, production]\n" });
  merged = await talk.registered("first", 60);
  await talk.hosted.app.close();
}, 120_000);
afterAll(() => talk.end());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-killed-"));
});
afterEach(async () => {
  await app.end("SIGKILL");
  // The Git of an App that was killed may still end its work here.
  await rm(folder, { recursive: true, maxRetries: 5 });
});

/** With a disk of its own: nothing of an earlier one is there. */
async function start() {
  const { config, added } = talk.hosted;
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
}

const decided = async (stage: string) => {
  const paths = (await talk.git("ls-tree", "-r", "--name-only", "registry")).split("\n");
  const files = paths.filter((path) => path.includes("/promotions/"));
  const records = await Promise.all(files.map(async (path) => JSON.parse(await talk.git("show", `registry:${path}`))));
  return records.filter((record) => record.stage === stage).length;
};
/** The next such request is never answered; resolves when it has come. */
function hang(method: string, path: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const until = () => {
      resolve();
      return new Promise(() => {});
    };
    talk.hosted.sandbox.faults.api({ kind: "slow", method, path, until });
  });
}

const deployed = (stage: string) => talk.deployments().filter((each) => each.endsWith(`→ ${stage}`)).length;
const caughtUp = () => app.printed().includes('"caught up with GitHub"');

test.each([
  ["before it has decided", "early", "GET", /\/collaborators\/ada\/permission/, 0],
  ["when it has moved the stage", "middle", "POST", /\/deployments$/, 1],
  ["before it has replied", "late", "POST", /\/issues\/\d+\/comments$/, 1],
])(
  "killed %s, and started again without its disk: the promotion is there once, and told of once",
  async (_, stage, method, path, moved) => {
    await start();
    await until(caughtUp);
    // The App hears of the comment when the trap is there, into which the comment itself would fall.
    const { open, opened } = gate();
    talk.hosted.sandbox.faults.deliveries({ kind: "delayed", event: "issue_comment", until: () => opened });
    const { number } = merged.issue;
    const before = talk.replies(merged).length;
    const body = `/promote ${stage}`;
    await talk.as("ada").rest.issues.createComment({ owner: "acme", repo: "models", issue_number: number, body });
    const hung = hang(method, path);
    open();
    await hung;
    await app.end("SIGKILL");
    expect(await decided(stage)).toBe(moved);
    await rm(join(folder, "state"), { recursive: true, maxRetries: 5 });

    await start();
    await until(() => talk.replies(merged).length > before);
    await until(caughtUp);
    await talk.hosted.sandbox.idle();
    expect(await app.end("SIGTERM")).toBe(0);

    expect(await decided(stage)).toBe(1);
    expect(deployed(stage)).toBe(1);
    expect(talk.replies(merged).slice(before)).toEqual([expect.stringContaining(`penguins version 1 is in ${stage}`)]);
    expect((await talk.git("tag", "--list", `penguins#${stage}#*`)).split("\n")).toHaveLength(1);
    const { stages } = JSON.parse(await talk.git("show", "registry:models/f9/penguins/model.json"));
    expect(stages[stage]).toMatchObject({ version: 1 });
  },
  180_000,
);
