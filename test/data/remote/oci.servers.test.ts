import { execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { checkRemoteData, type LockOptions, lockRemoteData } from "../../../core/data/remote/lock.ts";
import { program } from "../../../tools/servers/programs.ts";
import { registryServer } from "../../helpers/real-server.ts";
import { prepare, refusal, temporaryFolder } from "../setting.ts";
import { CSV, model } from "./served.ts";

const ROWS = "y,x\na,7\nb,8\n";

describe("data in a registry", () => {
  let folder: string;
  let host: string;
  let options: LockOptions;

  beforeEach(async () => {
    folder = await temporaryFolder();
    host = new URL((await registryServer()).url).host;
    const store = `oci://${host}/acme/models`;
    options = { cache: join(folder, "cache"), access: { env: { DOCKER_CONFIG: folder }, store } };
  });

  /** As anybody would put it there. */
  async function push(tag: string, files: Record<string, string>) {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const args = [
      "push",
      "--plain-http",
      `${host}/acme/rows:${tag}`,
      ...Object.keys(files).map((name) => `${name}:text/csv`),
    ];
    execFileSync(program("oras"), args, { cwd: folder, stdio: "ignore" });
  }

  it("that oras pushed is pinned by its manifest's digest, and read", async () => {
    await push("v1", { "a.csv": CSV, "b.csv": ROWS });
    const uri = `oci://${host}/acme/rows:v1#b.csv`;
    const lock = await lockRemoteData(model(uri), options);
    expect(lock.files).toEqual([
      { uri, sha256: sha256(ROWS), size: ROWS.length, version: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    const data = { train: "t.csv", test: uri, label: "y" };
    const { test, remote } = await prepare({ "t.csv": CSV }, data, {}, { ...options, lock });
    expect(test.files).toMatchObject([{ path: uri, sha256: sha256(ROWS) }]);
    expect(remote).toBe(true);
  });

  it("is read as it was pinned though its tag has moved, which lock --check tells", async () => {
    await push("v1", { "a.csv": CSV });
    const uri = `oci://${host}/acme/rows:v1#a.csv`;
    const lock = await lockRemoteData(model(uri), options);
    await push("v1", { "a.csv": ROWS });
    expect(await checkRemoteData(model(uri), options, lock)).toMatchObject([{ changed: [uri] }]);
    await rm(options.cache, { recursive: true });
    const data = { train: "t.csv", test: uri, label: "y" };
    const { test } = await prepare({ "t.csv": ROWS }, data, {}, { ...options, lock });
    expect(test.sha256).toBe(sha256(CSV));
    expect(await readFile(join(options.cache, sha256(CSV)), "utf8")).toBe(CSV);
  });

  it("is missed where no layer has the title", async () => {
    await push("v1", { "a.csv": CSV });
    const found = await refusal(lockRemoteData(model(`oci://${host}/acme/rows:v1#c.csv`), options));
    expect(found).toMatchObject({ code: "DATA_MISSING", found: expect.stringContaining("c.csv") });
    expect(await refusal(lockRemoteData(model(`oci://${host}/acme/rows:v2#a.csv`), options))).toMatchObject({
      code: "DATA_MISSING",
    });
  });

  it("on this machine is nothing that a spec leads to, where the policy's store is not there", async () => {
    await push("v1", { "a.csv": CSV });
    const access = { env: options.access.env };
    expect(
      await refusal(lockRemoteData(model(`oci://${host}/acme/rows:v1#a.csv`), { ...options, access })),
    ).toMatchObject({
      code: "UNSUPPORTED",
    });
  });
});
