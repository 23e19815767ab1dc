// A gigabyte into each store and checked there, beside the plain tools that do the same on the same disk.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openStore } from "../../core/stores/open/open-store.ts";
import { openClient } from "../../core/stores/s3/client.ts";
import { program } from "../servers/programs.ts";
import { type OciRegistry, startRegistry } from "../servers/registry.ts";
import { type S3Server, startS3 } from "../servers/s3.ts";
import { type BenchOptions, inSeconds, type Measurement, timed, timingOf } from "./measurement.ts";
import { plainDigest, plainPut } from "./plain-s3.ts";

const run = promisify(execFile);
const RUNS = 3;
const SIZE = 1_000_000_000;
const MEGABYTE = 1_000_000;

/** Each run into an empty place, ours and theirs in turn: what the machine does besides meets both. */
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const model = join(folder, "model");
  await mkdir(model);
  const file = await open(join(model, "weights.bin"), "w");
  for (let at = 0; at < SIZE; at += MEGABYTE) await file.write(randomBytes(MEGABYTE));
  await file.close();
  return [await inFolder(folder, model), ...(await inRegistry(folder, model)), await inBucket(folder, model)];
}

async function inFolder(folder: string, model: string): Promise<Measurement> {
  const place = join(folder, "place");
  const ours = async () => {
    const store = openStore(`file:${place}`, "/");
    if ((await store.verify(await store.putFolder(model))) !== "ok") throw new Error("the store is not whole");
  };
  const theirs = async () => {
    await mkdir(place);
    await run("cp", [join(model, "weights.bin"), place]);
    await run("sha256sum", [join(place, "weights.bin")]);
  };
  const [own, other] = await inTurn({ ours, theirs, after: () => rm(place, { recursive: true }) });
  return line(
    "file: put and verified",
    own,
    { what: "cp, sha256sum", median: other, atLeast: 0.5 },
    {
      bound: "the disk, which has the bytes for good at the end; hashing them twice",
    },
  );
}

async function inRegistry(folder: string, model: string): Promise<Measurement[]> {
  let registry: OciRegistry | undefined;
  let artifact: Awaited<ReturnType<ReturnType<typeof openStore>["putFolder"]>> | undefined;
  const started = async () => (registry ??= await startRegistry({ folder: join(folder, "registry") }));
  const after = async () => {
    await registry?.stop();
    registry = undefined;
    await rm(join(folder, "registry"), { recursive: true });
  };
  const oras = (...words: string[]) => run(program("oras"), [...words, "--plain-http"], { cwd: model });
  const [put, push] = await inTurn({
    before: started,
    ours: async () => {
      artifact = await openStore(`oci://${(await started()).host}/bench/ours`, "/").putFolder(model);
    },
    theirs: async () => void (await oras("push", `${(await started()).host}/bench/theirs:x`, "weights.bin")),
    after,
  });
  const { host } = await started();
  artifact = await openStore(`oci://${host}/bench/ours`, "/").putFolder(model);
  const out = join(folder, "out");
  const [get, pull] = await inTurn({
    ours: () => openStore(`oci://${host}/bench/ours`, "/").getFolder(artifact as NonNullable<typeof artifact>, out),
    theirs: async () => {
      const reference = (artifact as NonNullable<typeof artifact>).uri.replace("oci://", "");
      await oras("pull", reference, "--output", out);
    },
    after: () => rm(out, { recursive: true }),
  });
  await after();
  return [
    line(
      "oci: put",
      put,
      { what: "oras push", median: push, atLeast: 0.77 },
      {
        bound: "reading and hashing, then sending, which the registry hashes again",
      },
    ),
    line(
      "oci: got and verified",
      get,
      { what: "oras pull", median: pull },
      {
        bound: "the registry, and hashing what comes",
      },
    ),
  ];
}

async function inBucket(folder: string, model: string): Promise<Measurement> {
  const places = { folder: join(folder, "buckets") };
  let server: S3Server | undefined;
  const before = async () => {
    server = await startS3(["bench"], places);
    process.env["AWS_ACCESS_KEY_ID"] = server.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = server.secretAccessKey;
  };
  const place = () => ({ endpoint: server?.endpoint ?? "", region: "us-east-1" });
  const [own, other] = await inTurn({
    before,
    ours: async () => {
      const store = openStore({ uri: "s3://bench/ours", ...place() }, "/");
      if ((await store.verify(await store.putFolder(model))) !== "ok") throw new Error("the store is not whole");
    },
    theirs: async () => {
      const client = await openClient(place(), process.env);
      const at = { Bucket: "bench", Key: "theirs" };
      await plainPut(client, join(model, "weights.bin"), at);
      await plainDigest(client, at);
    },
    after: async () => {
      await server?.stop();
      await rm(places.folder, { recursive: true });
    },
  });
  return line(
    "s3: put and verified",
    own,
    { what: "the SDK's upload in parts, and a download that is hashed", median: other, atLeast: 1 / 1.3 },
    { bound: "the server, which hashes each part twice; reading the file twice" },
  );
}

interface Turns {
  before?(): Promise<unknown>;
  ours(): Promise<void>;
  theirs(): Promise<void>;
  after(): Promise<void>;
}

async function inTurn({ before, ours, theirs, after }: Turns): Promise<[Timed, number]> {
  const times: [number[], number[]] = [[], []];
  for (let at = 0; at < RUNS; at++) {
    for (const [which, work] of [ours, theirs].entries()) {
      await before?.();
      times[which]?.push(await timed(work));
      await after();
    }
  }
  return [inSeconds(timingOf(times[0])), timingOf(times[1]).median / 1_000];
}

type Timed = ReturnType<typeof inSeconds>;

function line(
  what: string,
  own: Timed,
  { median, ...peer }: { what: string; median: number; atLeast?: number },
  { bound }: { bound: string },
): Measurement {
  return { what, size: "1 GB", bound, ...own, peer: { ...peer, median, ratio: median / own.median } };
}
