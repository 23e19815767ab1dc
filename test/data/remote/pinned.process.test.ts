import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { lockRemoteData } from "../../../core/data/remote/lock.ts";
import { prepare, prepareIn, refusal, temporaryFolder } from "../setting.ts";
import { CSV, lockOf, model, served, URI } from "./served.ts";

describe("slipway lock", () => {
  it("pins each URI by sha256, size and ETag, and keeps the bytes", async () => {
    const remote = await served((_, response) => response.setHeader("etag", '"v1"').end(CSV));
    expect(await lockRemoteData(model(URI), remote)).toEqual(lockOf(URI));
    expect(await readFile(join(remote.cache, sha256(CSV)), "utf8")).toBe(CSV);
  });

  it("keeps an entry that the server says is current", async () => {
    const remote = await served((request, response) => {
      response.statusCode = request.headers["if-none-match"] === '"v1"' ? 304 : 200;
      response.end();
    });
    expect(await lockRemoteData(model(URI), remote, lockOf(URI))).toEqual(lockOf(URI));
  });

  it("pins what changed anew", async () => {
    const remote = await served((_, response) => response.end(`${CSV}c,3\n`));
    expect((await lockRemoteData(model(URI), remote, lockOf(URI))).files[0]).toEqual({
      uri: URI,
      sha256: sha256(`${CSV}c,3\n`),
      size: CSV.length + 4,
    });
  });

  it("follows redirects, but not for ever", async () => {
    const once = await served((request, response) => {
      if (request.url?.startsWith("/rows")) response.writeHead(302, { location: "/there.csv" }).end();
      else response.end(CSV);
    });
    expect((await lockRemoteData(model(URI), once)).files[0]?.sha256).toBe(sha256(CSV));
    const ever = await served((_, response) => response.writeHead(302, { location: "/t.csv" }).end());
    expect(await refusal(lockRemoteData(model(URI), ever))).toMatchObject({ code: "REMOTE_FAILED" });
    expect(ever.asked.length).toBeLessThan(10);
  });

  it.each(["http://elsewhere.test/t.csv", "file:///etc/passwd", "https://user:secret@data.test/t.csv"])(
    "is not led to %s",
    async (location) => {
      const remote = await served((_, response) => response.writeHead(302, { location }).end());
      expect((await refusal(lockRemoteData(model(URI), remote)))["code"]).toMatch(/^(REMOTE_FAILED|UNSUPPORTED)$/);
      expect(remote.asked).toHaveLength(1);
    },
  );

  it("stops at its size cap, whether the server says the size or not, and leaves nothing", async () => {
    const remote = await served((_, response) => {
      response.write(CSV);
      response.end(CSV);
    });
    expect(await refusal(lockRemoteData(model(URI), { ...remote, maxBytes: 20 }))).toMatchObject({
      code: "FILE_TOO_LARGE",
    });
    expect(await readdir(remote.cache)).toEqual([]);
  });

  it("says which status it got, without the query, which may hold a secret", async () => {
    const remote = await served((_, response) => response.writeHead(403).end());
    const found = await refusal(lockRemoteData(model("https://data.test/t.csv?sig=secret"), remote));
    expect(found).toMatchObject({ code: "REMOTE_FAILED", found: "HTTP status 403" });
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  it.each(["gs://bucket/t.csv", "http://data.test/t.csv", "https://me:pw@data.test/t.csv"])(
    "refuses %s",
    async (uri) => {
      const remote = await served((_, response) => response.end(CSV));
      const found = await refusal(lockRemoteData(model(uri), remote));
      expect(found).toMatchObject({ code: "UNSUPPORTED" });
      expect(JSON.stringify(found)).not.toContain("pw@");
    },
  );

  it("pins a file outside the repository", async () => {
    const file = join(await temporaryFolder(), "t.csv");
    await writeFile(file, CSV);
    const remote = await served((_, response) => response.end());
    const uri = pathToFileURL(file).href;
    expect((await lockRemoteData(model(uri), remote)).files[0]).toEqual({ uri, sha256: sha256(CSV), size: CSV.length });
  });
});

describe("pinned data", () => {
  const data = { train: "t.csv", test: URI, label: "y" };
  const files = { "t.csv": CSV };

  it("is fetched once, and then read from the cache", async () => {
    const remote = await served((_, response) => response.end(CSV));
    for (let run = 0; run < 2; run++) {
      const { test, remote: outside } = await prepare(files, data, {}, { ...remote, lock: lockOf(URI) });
      expect(outside).toBe(true);
      expect(test).toMatchObject({ rows: 2, files: [{ path: URI, sha256: sha256(CSV), version: '"v1"' }] });
    }
    expect(remote.asked).toHaveLength(1);
  });

  it("is counted while a run fetches it", async () => {
    const remote = await served((_, response) => response.end(CSV));
    const counts: number[] = [];
    const transfer = () => ({ moved: ({ done }: { done: number }) => counts.push(done), end: () => {} });
    const access = { ...remote.access, transfer };
    await prepare(files, data, {}, { ...remote, access, lock: lockOf(URI) });
    expect(counts).toEqual([CSV.length]);
  });

  it("is from outside the repository though the cache lies in it", async () => {
    const folder = await temporaryFolder();
    const remote = await served((_, response) => response.end(CSV));
    const about = { ...remote, cache: join(folder, "repo/.slipway/cache"), lock: lockOf(URI) };
    expect((await prepareIn(folder, files, data, {}, about)).remote).toBe(true);
  });

  it("is of the repository where a file: URI names one of its files", async () => {
    const folder = await temporaryFolder();
    const uri = `file://${folder}/repo/models/m/t.csv`;
    const about = { lock: lockOf(uri) };
    const all = { "t.csv": CSV, "train.csv": "y,x\na,5\nb,6\n" };
    expect((await prepareIn(folder, all, { ...data, train: "train.csv", test: uri }, {}, about)).remote).toBe(false);
  });

  it("of this machine is told from what was pinned, and nothing more of it", async () => {
    const file = join(await temporaryFolder(), "t.csv");
    await writeFile(file, CSV.replace("1", "7"));
    const uri = pathToFileURL(file).href;
    const found = await refusal(prepare(files, { ...data, test: uri }, {}, { lock: lockOf(uri) }));
    expect(found).toMatchObject({ code: "DATA_CHANGED", expected: `sha256 ${sha256(CSV)}` });
    expect(found["found"]).toBeUndefined();
  });

  it("is refused where it is not pinned", async () => {
    const remote = await served((_, response) => response.end(CSV));
    expect(await refusal(prepare(files, data, {}, remote))).toMatchObject({ code: "DATA_NOT_PINNED" });
    expect(remote.asked).toEqual([]);
  });

  it("is refused where it is not what was pinned", async () => {
    const remote = await served((_, response) => response.end(CSV.replace("1", "7")));
    expect(await refusal(prepare(files, data, {}, { ...remote, lock: lockOf(URI) }))).toMatchObject({
      code: "DATA_CHANGED",
    });
  });

  it("is fetched anew where the cache was tampered with", async () => {
    const remote = await served((_, response) => response.end(CSV));
    await mkdir(remote.cache, { recursive: true });
    await writeFile(join(remote.cache, sha256(CSV)), "y,x\nb,9\n");
    const { test } = await prepare(files, data, {}, { ...remote, lock: lockOf(URI) });
    expect(test.sha256).toBe(sha256(CSV));
  });
});
