import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MonitorCommandResult } from "../../schemas/cli-output.ts";
import { alarmedHost, labels, liveVersion } from "../acts/alarmed-host.ts";
import { KUBERNETES } from "../acts/deploying.ts";
import { daysAgo, requestsOf, SIGNATURE, SPEC, type WatchedHost } from "../monitoring/watched-host.ts";
import { bareRepository, gitIn } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const AT = "2026-03-01";
const POLICY = `slipway: 1
deploy: ${JSON.stringify(KUBERNETES)}
monitor:
  requests: { store: file:.slipway/log }
  labels: { penguins: labels/*.csv }
  then: { bars: rollback }
`;

const monitor = ({ folder }: WatchedHost, ...more: string[]) =>
  slipway(["monitor", ...more], { cwd: folder, env: process.env });

async function json(host: WatchedHost, ...more: string[]) {
  const { stdout } = await monitor(host, "--json", ...more);
  return MonitorCommandResult.parse(JSON.parse(stdout).result);
}

/** Version 2 answers 120 requests a day, and labels tell that as many of the first day's are right as `right` says. */
async function answered(right: (at: number) => boolean, policy = POLICY.replace(/deploy:.*\n/, "")) {
  const host = await alarmedHost(2, { "slipway.yaml": policy });
  const version = {
    version: { folder: "penguins", version: 2, stage: "production", signature: SIGNATURE },
    columns: {},
  };
  await host.ask(requestsOf(daysAgo(2), 120, { version: { ...version.version, columns: {} } as never }));
  await mkdir(join(host.folder, "labels"), { recursive: true });
  const lines = Array.from({ length: 120 }, (_, at) => {
    const said = at % 2 === 0 ? "gentoo" : "adelie";
    const other = at % 2 === 0 ? "adelie" : "gentoo";
    return `s1r${at}/0,${right(at) ? said : other}`;
  });
  await writeFile(join(host.folder, "labels/a.csv"), `id,label\n${lines.join("\n")}\n`);
  return host;
}

it("rolls back on labels, and says what it did", async () => {
  const host = await answered((at) => at % 2 === 0);

  const { code, stdout, stderr } = await monitor(host, "--act", "--at", AT);

  expect(code).toBe(1);
  expect(stderr).toContain("MONITOR_ALARMED");
  expect(stdout).toContain("✗ penguins: version 2 is alarmed since 2026-02-27: 1 alarm");
  expect(stdout).toContain("→ penguins: Version 1 is in production again in place of version 2: decided by labels");
  expect(stdout).toContain("→ penguins: told in monitoring:models/f9/penguins/ALARM.md");
  expect(await liveVersion(host)).toBe(1);
});

it("counts what it did, and not the sentences that tell of it", async () => {
  const host = await answered((at) => at % 2 === 0);

  const { stderr } = await monitor(host, "--act", "--at", AT);

  expect(stderr).toMatch(/act on alarms .* 1 act\n/);
});

it("ends with 0 while all alarms are snoozed, and shows them", async () => {
  const host = await answered((at) => at % 2 === 0);
  await monitor(host, "penguins", "--snooze", "7d", "--reason", "sensor 3 is broken");

  const { code, stdout } = await monitor(host, "--quiet", "--at", AT);

  expect(stdout).toMatch(/^✗ penguins: version 2 is alarmed since 2026-02-27: 1 alarm, snoozed until /);
  expect(code).toBe(0);
});

it("says a line a model with --quiet, and what it did", async () => {
  const host = await answered((at) => at % 2 === 0);

  const { code, stdout } = await monitor(host, "--act", "--quiet", "--at", AT);

  const [first, second] = stdout.split("\n");
  expect(code).toBe(1);
  expect(first).toBe("✗ penguins: version 2 is alarmed since 2026-02-27: 1 alarm");
  expect(second).toContain("→ penguins: Version 1 is in production again");
});

it("does nothing without --act but look", async () => {
  const host = await answered((at) => at % 2 === 0);

  const result = await json(host, "--at", AT);

  expect(result.models[0]).toMatchObject({ state: "alarmed", alarms: [{ kind: "bar", sure: true }] });
  expect(result.acted).toBeUndefined();
  expect(await liveVersion(host)).toBe(2);
});

it("ends with 0 where labels hold the bar", async () => {
  const host = await answered(() => true);

  const { code, stdout } = await monitor(host, "--act", "--at", AT);

  expect(stdout).toContain("version 2 is quiet");
  expect(code).toBe(0);
});

it("leaves a model alone that is snoozed, and not any more once that is off", async () => {
  const host = await answered((at) => at % 2 === 0);

  const { code, stdout } = await monitor(host, "penguins", "--snooze", "7d", "--reason", "sensor 3 is broken");
  expect(code).toBe(0);
  expect(stdout).toContain("sensor 3 is broken");
  await monitor(host, "--act", "--at", AT);
  expect(await liveVersion(host)).toBe(2);

  await monitor(host, "penguins", "--snooze", "off");
  await monitor(host, "--act", "--at", AT);
  expect(await liveVersion(host)).toBe(1);
});

it.each([
  [["--snooze", "7d", "--reason", "x"], "--snooze needs the models"],
  [["penguins", "--snooze", "7d"], "Why nobody is to be told has to be said"],
  [["penguins", "--snooze", "seven", "--reason", "x"], "--snooze takes how long"],
  [["penguins", "--snooze", "7d", "--reason", "x", "--act"], "cannot stand together"],
  [["--act", "--history"], "cannot stand together"],
  [["--reason", "x"], "--reason belongs to --snooze"],
])("refuses %j with a hint", async (options, message) => {
  const host = await alarmedHost(1);

  const { code, stderr } = await monitor(host, ...options);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it("writes the branch deploy after a rollback, so that what serves follows", async () => {
  const host = await answered((at) => at % 2 === 0, POLICY);
  await slipway(["deploy"], { cwd: host.folder, env: process.env });
  expect(await host.git("log", "-1", "--format=%s", "deploy")).toContain("penguins@2");

  await monitor(host, "--act", "--at", AT);

  expect(await host.git("log", "-1", "--format=%s", "deploy")).toContain("penguins@1");
});

it("tells the history window by window", async () => {
  const host = await alarmedHost(2);
  await labels(host, 2, 1, 190, 200);
  await labels(host, 1, 2, 100, 200);

  const { code, stdout } = await monitor(host, "penguins", "--history");

  expect(code).toBe(0);
  expect(stdout).toMatch(/2026-02-27.*0\.95[\s\S]*2026-02-28.*0\.5/);
});

it("does the same to a remote, where several clones share the registry", async () => {
  const host = await answered((at) => at % 2 === 0);
  const remote = await bareRepository();
  await host.git("remote", "add", "origin", remote);
  await host.git("push", "--quiet", "origin", "--all");
  await host.git("push", "--quiet", "origin", "--tags");

  const { stdout } = await monitor(host, "--act", "--at", AT, "--remote", "origin");

  expect(stdout).toContain("Version 1 is in production again in place of version 2");
  expect(await gitIn(remote, "show", "monitoring:models/f9/penguins/ALARM.md")).toContain("decided by labels");
  expect(await gitIn(remote, "tag", "--list", "penguins#production#3")).toBe("penguins#production#3");
});

it("has no tick for a model whose windows are of another length now", async () => {
  const host = await answered(() => true);
  await monitor(host, "--at", AT);
  await host.write({ "models/penguins/model.yaml": SPEC.replace("monitor:", "monitor:\n  window: 90d") });

  const { stdout } = await monitor(host, "--at", AT);

  expect(stdout).toMatch(/^• penguins: no window as long as the spec says was looked at yet/);
});
