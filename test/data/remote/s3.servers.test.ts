import { join } from "node:path";
import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { checkRemoteData, lockRemoteData } from "../../../core/data/remote/lock.ts";
import { openClient } from "../../../core/stores/s3/client.ts";
import { openBucketStore } from "../../../core/stores/s3/open.ts";
import { type S3Server, startS3 } from "../../../tools/servers/s3.ts";
import { type Wire, wireTo } from "../../stores/wire.ts";
import { prepare, refusal, temporaryFolder } from "../setting.ts";
import { CSV, model } from "./served.ts";

const ROWS = (n: number) => `y,x\n${`a,${n}\nb,${n + 1}\n`.repeat(100)}`;
const DATA = { train: "t.csv", label: "y" };

let server: S3Server;
let wire: Wire;
let options: { cache: string; access: { env: Record<string, string> } };
let put: (key: string, content: string) => Promise<void>;
let remove: (key: string) => Promise<void>;

async function start(versions = false) {
  server = await startS3(["rows"], { versions });
  wire = await wireTo(server.endpoint);
  onTestFinished(async () => {
    await wire.close();
    await server.stop();
  });
  const keys = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
  const client = await openClient(server, keys);
  const at = (Key: string) => ({ Bucket: "rows", Key });
  put = async (key, content) => void (await client.send(new PutObjectCommand({ ...at(key), Body: content })));
  remove = async (key) => void (await client.send(new DeleteObjectCommand(at(key))));
  if (versions)
    await client.send(
      new PutBucketVersioningCommand({ Bucket: "rows", VersioningConfiguration: { Status: "Enabled" } }),
    );
  const env = { ...keys, AWS_ENDPOINT_URL_S3: `http://${wire.host}`, AWS_REGION: server.region };
  options = { cache: join(await temporaryFolder(), "cache"), access: { env } };
}

const gets = () => wire.seen.filter(({ method, path }) => method === "GET" && !path.includes("list-type"));
const read = (uri: string, lock: Awaited<ReturnType<typeof lockRemoteData>>, about = {}) =>
  prepare({ "t.csv": CSV }, { ...DATA, test: uri }, {}, { ...options, lock, ...about });

describe("data in a bucket", () => {
  beforeEach(() => start());

  it("under a pattern is pinned by ETag, and read in the order of its keys", async () => {
    await put("d/b.csv", ROWS(1));
    await put("d/a.csv", ROWS(3));
    await put("e/c.csv", ROWS(5));
    const lock = await lockRemoteData(model("s3://rows/d/*.csv"), options);
    expect(lock.files).toEqual([
      {
        uri: "s3://rows/d/a.csv",
        of: "s3://rows/d/*.csv",
        sha256: sha256(ROWS(3)),
        size: ROWS(3).length,
        version: expect.stringMatching(/^"/),
      },
      {
        uri: "s3://rows/d/b.csv",
        of: "s3://rows/d/*.csv",
        sha256: sha256(ROWS(1)),
        size: ROWS(1).length,
        version: expect.stringMatching(/^"/),
      },
    ]);
    const { test, remote } = await read("s3://rows/d/*.csv", lock);
    expect(test.files.map(({ path }) => path)).toEqual(["s3://rows/d/a.csv", "s3://rows/d/b.csv"]);
    expect(remote).toBe(true);
    expect(gets()).toHaveLength(2);
  });

  it.each(["d/a b+c&d=e%20.csv", "d/é\u{1f427}'\"<x>.csv", "d/a#b.csv", "d/a?b*[c].csv"])(
    "is read whatever its key: %s",
    async (key) => {
      await put(key, ROWS(1));
      const lock = await lockRemoteData(model("s3://rows/d/**"), options);
      expect(lock.files).toMatchObject([{ uri: `s3://rows/${key}`, sha256: sha256(ROWS(1)) }]);
      expect((await read("s3://rows/d/**", lock)).test.rows).toBe(200);
    },
  );

  it("is not fetched again by lock or lock --check as long as its ETag is the same", async () => {
    await put("d/a.csv", ROWS(1));
    const lock = await lockRemoteData(model("s3://rows/d/"), options);
    const before = gets().length;
    expect(await lockRemoteData(model("s3://rows/d/"), options, lock)).toEqual(lock);
    expect(await checkRemoteData(model("s3://rows/d/"), options, lock)).toEqual([]);
    expect(gets()).toHaveLength(before);
  });

  it("that moved is told by lock --check, and fetched by nobody", async () => {
    for (const key of ["a", "b", "c"]) await put(`d/${key}.csv`, ROWS(1));
    const lock = await lockRemoteData(model("s3://rows/d/"), options);
    const before = gets().length;
    await put("d/a.csv", ROWS(2));
    await remove("d/b.csv");
    await put("d/d.csv", ROWS(1));
    expect(await checkRemoteData(model("s3://rows/d/"), options, lock)).toEqual([
      {
        location: "s3://rows/d/",
        added: ["s3://rows/d/d.csv"],
        gone: ["s3://rows/d/b.csv"],
        changed: ["s3://rows/d/a.csv"],
      },
    ]);
    expect(gets()).toHaveLength(before);
  });

  it("is refused by a run where it moved since it was pinned, before any of it is read", async () => {
    await put("a.csv", ROWS(1));
    const uri = "s3://rows/a.csv";
    const lock = await lockRemoteData(model(uri), options);
    await put("a.csv", ROWS(2));
    const about = { cache: join(await temporaryFolder(), "cache") };
    expect(await refusal(read(uri, lock, about))).toMatchObject({
      code: "DATA_CHANGED",
      hint: expect.stringContaining("slipway lock --check"),
    });
    expect(gets().at(-1)).toMatchObject({ status: 412, headers: { "if-match": lock.files[0]?.version } });
    await remove("a.csv");
    expect(await refusal(read(uri, lock, about))).toMatchObject({ code: "DATA_CHANGED" });
  });

  it("is taken up where a connection broke", async () => {
    const content = ROWS(1).repeat(300);
    await put("a.csv", content);
    wire.fault({ when: ({ method }) => method === "GET", breaksAfter: { down: 200_000 } });
    const lock = await lockRemoteData(model("s3://rows/a.csv"), options);
    expect(lock.files[0]?.sha256).toBe(sha256(content));
    expect(gets().at(-1)?.headers).toMatchObject({ range: expect.stringMatching(/^bytes=[1-9]/), "if-match": /^"/ });
  });

  it("that a server lists without end is given up", async () => {
    const body = (next: string) =>
      `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken><Contents><Key>x.txt</Key><Size>1</Size></Contents></ListBucketResult>`;
    wire.fault({
      when: ({ url }) => url?.includes("list-type") === true,
      answer: { status: 200, body: body("same") },
      times: 10,
    });
    expect(await refusal(lockRemoteData(model("s3://rows/d/"), options))).toMatchObject({
      code: "REMOTE_FAILED",
      expected: "a list of objects that ends",
    });
  });

  it("is reached where the policy's store of the same bucket is", async () => {
    await put("a.csv", ROWS(1));
    const { AWS_ENDPOINT_URL_S3: _, ...env } = options.access.env;
    const store = { uri: "s3://rows/kept", endpoint: `http://${wire.host}` };
    const lock = await lockRemoteData(model("s3://rows/a.csv"), { ...options, access: { env, store } });
    expect(lock.files).toHaveLength(1);
  });

  it("says that the keys are wrong, and not that they need a permission", async () => {
    const env = { ...options.access.env, AWS_SECRET_ACCESS_KEY: "another" };
    const told = await refusal(lockRemoteData(model("s3://rows/d/"), { ...options, access: { env } }));
    expect(told).toMatchObject({ code: "REMOTE_FAILED", hint: expect.stringContaining("AWS_SECRET_ACCESS_KEY") });
    const address = { scheme: "s3", uri: "s3://rows/kept", bucket: "rows", prefix: "kept" } as const;
    const store = openBucketStore({ ...address, endpoint: server.endpoint, region: server.region }, env);
    expect(await refusal(store.list()[Symbol.asyncIterator]().next())).toMatchObject({
      code: "STORE_DENIED",
      hint: expect.stringContaining("AWS_SECRET_ACCESS_KEY"),
    });
  });

  it("names the variable for another server's address where none answers", async () => {
    const env = { ...options.access.env, AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" };
    const told = await refusal(lockRemoteData(model("s3://rows/d/"), { ...options, access: { env } }));
    expect(told).toMatchObject({ code: "REMOTE_FAILED", hint: expect.stringContaining("AWS_ENDPOINT_URL_S3") });
  });

  it.each([
    ["denied", "AccessDenied", 403, /403.*AccessDenied/],
    ["expired", "ExpiredToken", 400, /400.*ExpiredToken/],
  ])("that is %s is told in words that hold no key", async (_, code, status, found) => {
    const body = `<Error><Code>${code}</Code><Message>${server.accessKeyId}</Message></Error>`;
    wire.fault({ answer: { status, body }, times: 100 });
    const told = await refusal(lockRemoteData(model("s3://rows/d/"), options));
    expect(told).toMatchObject({
      code: "REMOTE_FAILED",
      found: expect.stringMatching(found),
      hint: expect.stringContaining("s3:ListBucket"),
    });
    expect(JSON.stringify(told)).not.toContain(server.accessKeyId);
  });
});

describe("data in a bucket with versions", () => {
  beforeEach(() => start(true));

  it("is read by the version that was pinned, though another one has come since", async () => {
    await put("a.csv", ROWS(1));
    const uri = "s3://rows/a.csv";
    const lock = await lockRemoteData(model(uri), options);
    expect(lock.files[0]?.version).toMatch(/^[^"]+$/);
    await put("a.csv", ROWS(2));
    const about = { cache: join(await temporaryFolder(), "cache") };
    expect((await read(uri, lock, about)).test.files[0]?.sha256).toBe(sha256(ROWS(1)));
    expect(await checkRemoteData(model(uri), options, lock)).toMatchObject([{ changed: [uri] }]);
    expect(await checkRemoteData(model(uri), options, await lockRemoteData(model(uri), options, lock))).toEqual([]);
  });
});
