import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Removal } from "../../core/stores/blobs.ts";
import { openStore } from "../../core/stores/open/open-store.ts";

const NAME = `sha256:${"a".repeat(64)}`;
const removal = (): Promise<Removal> => {
  const stored = { name: NAME, is: [], holds: [], size: 1, put: new Date(0) };
  return openStore("oci://ghcr.io/acme/churn/models", "/").remove(stored, new Date());
};

it("prints what a package's owner types on GitHub, whose registry lets nobody delete, and contacts nobody", async () => {
  expect(await removal()).toEqual({ outcome: "owner", command: expect.stringContaining(`select(.name == "${NAME}")`) });
});

it.each(["orgs", "users"])("leads who types it to the packages of an owner below /%s", async (kind) => {
  const { command = "" } = (await removal()) as { command?: string };
  const folder = mkdtempSync(join(tmpdir(), "slipway-gh-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const answers = `case "$*" in "api users/"*) echo ${kind};; *DELETE*) ;; *) echo 42;; esac`;
  writeFileSync(join(folder, "gh"), `#!/bin/sh\necho "$*" >> ${join(folder, "asked")}\n${answers}\n`, { mode: 0o755 });
  execFileSync("sh", ["-c", command], { env: { PATH: `${folder}:${process.env["PATH"]}` } });
  const versions = `/${kind}/acme/packages/container/churn%2Fmodels/versions`;
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  expect(asked).toEqual([
    expect.stringMatching(/^api users\/acme --jq /),
    expect.stringContaining(`api --paginate ${versions} --jq `),
    `api --method DELETE ${versions}/42`,
  ]);
});
