import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { lockRemoteData } from "../../../core/data/remote/lock.ts";
import type { DataLock } from "../../../schemas/data-record.ts";
import { prepare, refusal, specOf, temporaryFolder } from "../setting.ts";

const CSV = "y,x\na,1\nb,2\n";
const URI = "https://data.test/rows/t.csv?version=1";

/** A real server behind https://data.test: requests to that host reach it, as a proxy would make them. */
async function served(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reach: typeof fetch = (url, init) => fetch(String(url).replace("https://data.test", base), init);
  return { asked, access: { env: {}, fetch: reach }, cache: join(await temporaryFolder(), "cache") };
}

function model(uri: string) {
  return { name: "m", folder: "models/m", spec: specOf({ train: uri, test: uri, label: "y" }) };
}

const lockOf = (uri: string, content = CSV): DataLock => ({
  slipway: 1,
  files: [{ uri, sha256: sha256(content), size: content.length, version: '"v1"' }],
});

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
