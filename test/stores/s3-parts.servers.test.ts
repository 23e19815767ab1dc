import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { open, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openBucketStore } from "../../core/stores/s3/open.ts";
import type { ArtifactStore } from "../../core/stores/store.ts";
import { startS3 } from "../../tools/servers/s3.ts";
import { temporaryFolder } from "../data/setting.ts";
import { type Wire, wireTo } from "./wire.ts";

const MIB = 1024 * 1024;

let wire: Wire;
let store: ArtifactStore;
let folder: string;
/** A folder for each bucket: what the server keeps. */
let data: string;
let how: { address: Parameters<typeof openBucketStore>[0]; env: Record<string, string> };

beforeEach(async () => {
  folder = await temporaryFolder();
  const server = await startS3(["models"]);
  data = server.folder;
  wire = await wireTo(server.endpoint);
  onTestFinished(async () => {
    await wire.close();
    await server.stop();
  });
  const place = { endpoint: `http://${wire.host}`, region: server.region };
  how = {
    address: { scheme: "s3", uri: "s3://models/kept", bucket: "models", prefix: "kept", ...place },
    env: { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
  };
  store = openBucketStore(how.address, how.env);
});

const isPart = ({ method, path }: { method: string; path: string }) => method === "PUT" && path.includes("partNumber=");
const isCompletion = ({ method, path }: { method: string; path: string }) =>
  method === "POST" && path.includes("uploadId=");
const parts = () => wire.seen.filter(isPart);

async function large(size: number): Promise<string> {
  const file = join(folder, "large");
  await writeFile(file, randomBytes(size));
  return file;
}

/** Runs a script of ours in a process of its own, with the store as `store`. */
function child(script: string) {
  const source = new URL("../../core/stores/s3/open.ts", import.meta.url).href;
  const code = `import { openBucketStore } from ${JSON.stringify(source)};
    const store = openBucketStore(${JSON.stringify(how.address)}, ${JSON.stringify(how.env)});
    ${script}`;
  const args = ["--import", "tsx", "--input-type=module", "-e", code];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

it("goes on with the parts that a killed process brought", async () => {
  const file = await large(60 * MIB);
  // The fifth part does not arrive, so that the process is killed in the middle.
  wire.fault({ when: ({ url }) => /partNumber=5&/.test(url ?? ""), stalls: true });
  const killed = child(`await store.putFile(${JSON.stringify(file)});`);
  while (parts().filter(({ status }) => status === 200).length < 4)
    await new Promise((resolve) => setTimeout(resolve, 10));
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const brought = parts().filter(({ status }) => status === 200).length;
  const before = parts().length;
  const stored = await store.putFile(file);
  // A part that was on its way may have arrived after its sender was gone.
  expect(parts().length - before).toBeLessThanOrEqual(8 - brought);
  expect(parts().length - before).toBeGreaterThan(0);
  expect(await store.verify(stored)).toBe("ok");
});

it("brings a part again whose connection broke, and no other", async () => {
  const file = await large(40 * MIB);
  wire.fault({ when: ({ url }) => /partNumber=2&/.test(url ?? ""), breaksAfter: { up: 3 * MIB } });
  const stored = await store.putFile(file);
  expect(await store.verify(stored)).toBe("ok");
  expect(parts()).toHaveLength(6);
});

it("sends the digest of each part, and completes only if no object is there", async () => {
  await store.putFile(await large(20 * MIB));
  for (const { headers } of parts()) expect(headers["x-amz-checksum-sha256"]).toMatch(/^[\w+/]{43}=$/);
  expect(wire.seen.filter(isCompletion).map(({ headers }) => headers["if-none-match"])).toEqual(["*"]);
});

it("goes on where the server says that this machine's clock is wrong", async () => {
  const headers = { date: new Date(Date.now() + 3_600_000).toUTCString() };
  const body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
  wire.fault({ answer: { status: 403, headers, body } });
  const file = await large(1_000);
  expect(await store.verify(await store.putFile(file))).toBe("ok");
});

it("keeps nothing of a file that changes while it is put", async () => {
  const file = await large(20 * MIB);
  const isBegin = ({ method, path }: { method: string; path: string }) => method === "POST" && path.includes("uploads");
  wire.fault({
    when: ({ method, url }) => isBegin({ method: method ?? "", path: url ?? "" }),
    answer: { status: 503 },
  });
  let ended = false;
  const putting = store.putFile(file).finally(() => {
    ended = true;
  });
  putting.catch(() => {});
  while (!ended && !wire.seen.some(isBegin)) await new Promise((resolve) => setTimeout(resolve, 5));
  await writeFile(file, randomBytes(20 * MIB));
  await expect(putting).rejects.toMatchObject({ code: "STORE_FAILED" });
  const held = [];
  for await (const each of store.list()) held.push(each);
  expect(held).toEqual([]);
});

it("brings nothing of a large object that is there", async () => {
  const file = await large(20 * MIB);
  const stored = await store.putFile(file);
  const before = parts().length;
  expect(await store.putFile(file)).toEqual(stored);
  expect(parts()).toHaveLength(before);
});

it.each([9, 20])("keeps %s MiB once, whoever of several was first", async (size) => {
  const file = await large(size * MIB);
  const stores = [1, 2, 3].map(() => openBucketStore(how.address, how.env));
  const stored = await Promise.all(stores.map((each) => each.putFile(file)));
  expect(new Set(stored.map(({ uri }) => uri)).size).toBe(1);
  expect(await store.verify(stored[0] as (typeof stored)[0])).toBe("ok");
});

it.each([1_000, 20 * MIB])("keeps %s bytes at a server that knows no conditions", async (size) => {
  const answer = { status: 501, body: "<Error><Code>NotImplemented</Code></Error>" };
  wire.fault({ when: ({ headers }) => headers["if-none-match"] !== undefined, answer, times: 100 });
  expect(await store.verify(await store.putFile(await large(size)))).toBe("ok");
});

it("mends a large object that somebody replaced", async () => {
  const file = await large(20 * MIB);
  const stored = await store.putFile(file);
  const key = stored.uri.slice("s3://models/".length);
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const { openClient } = await import("../../core/stores/s3/client.ts");
  const client = await openClient(how.address, how.env);
  await client.send(new PutObjectCommand({ Bucket: "models", Key: key, Body: "other bytes" }));
  expect(await store.verify(stored)).toBe("corrupt");
  await store.putFile(file);
  expect(await store.verify(stored)).toBe("ok");
});

it("waits where an old object is being removed, and puts it again", async () => {
  const file = await large(20 * MIB);
  const stored = await store.putFile(file);
  // As if a day had passed: the object is older than what counts as put now.
  const day = new Date(Date.now() - 24 * 3_600_000);
  await utimes(join(data, stored.uri.slice("s3://".length)), day, day);
  let removed: () => void = () => {};
  const isMark = ({ path }: { path: string }) => path.includes("/removing/");
  // The removal has looked at the old date, and has not got further, when the put begins.
  wire.fault({ when: ({ method }) => method === "DELETE", stalls: true });
  for await (const each of store.list()) {
    const stop = new AbortController();
    store.remove(each, new Date(Date.now() - 1_000), { signal: stop.signal }).catch(() => {});
    while (!wire.seen.some(({ method }) => method === "DELETE")) await new Promise((resolve) => setTimeout(resolve, 5));
    removed = () => stop.abort();
  }
  const putting = store.putFile(file);
  while (wire.seen.filter(isMark).filter(({ method }) => method === "HEAD").length < 2)
    await new Promise((resolve) => setTimeout(resolve, 5));
  removed();
  await rm(join(data, stored.uri.slice("s3://".length)));
  await rm(join(data, "models/kept/removing", stored.sha256));
  expect(await store.verify(await putting)).toBe("ok");
});

it("takes two gigabytes up and down in bounded memory", async () => {
  const file = join(folder, "huge");
  const handle = await open(file, "wx");
  await handle.truncate(2 * 1024 * MIB);
  await handle.close();
  const script = `
    const stored = await store.putFile(${JSON.stringify(file)});
    await store.getFile(stored, ${JSON.stringify(join(folder, "copy"))});
    console.log(JSON.stringify({ sha256: stored.sha256, peak: process.resourceUsage().maxRSS / 1024 }));`;
  const running = child(script);
  const said = await running.stdout.setEncoding("utf8").toArray();
  const { sha256, peak } = JSON.parse(said.join("")) as { sha256: string; peak: number };
  expect(peak).toBeLessThan(250);
  expect((await stat(join(folder, "copy"))).size).toBe(2 * 1024 * MIB);
  const zeros = createHash("sha256");
  for (let n = 0; n < 2 * 1024; n++) zeros.update(Buffer.alloc(MIB));
  expect(sha256).toBe(zeros.digest("hex"));
  await rm(join(folder, "copy"));
});
