import { readdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { checkRemoteData, lockRemoteData } from "../../../core/data/remote/lock.ts";
import { drip } from "../../stores/wire.ts";
import { refusal } from "../setting.ts";
import { lockOf, model, served, URI } from "./served.ts";

const MINUTE = 60_000;
const CONTENT = `y,x\n${"a,1\nb,2\n".repeat(50_000)}`;

/** Sends so many bytes of an answer and breaks the connection. */
function breakAfter(response: ServerResponse, bytes: number, headers: Record<string, string> = {}) {
  response.writeHead(200, { "content-length": CONTENT.length, ...headers });
  response.write(CONTENT.slice(0, bytes), () => response.socket?.resetAndDestroy());
}

function sendRange(request: IncomingMessage, response: ServerResponse) {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(206, { "content-range": `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`, etag: '"v1"' });
  response.end(CONTENT.slice(start));
}

describe("a connection that breaks off", () => {
  it("is taken up where it was, if the server can tell that it is the same file", async () => {
    const ranges: (string | undefined)[] = [];
    const remote = await served((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) breakAfter(response, 100_000, { etag: '"v1"' });
      else if (request.headers["if-range"] === '"v1"') sendRange(request, response);
      else response.writeHead(400).end();
    });
    expect((await lockRemoteData(model(URI), remote)).files[0]).toMatchObject({
      sha256: sha256(CONTENT),
      version: '"v1"',
    });
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  it("is counted on from where it was, and ends once for each connection", async () => {
    let asked = 0;
    const remote = await served((request, response) => {
      asked += 1;
      if (asked === 1) breakAfter(response, 100_000, { etag: '"v1"' });
      else sendRange(request, response);
    });
    const counts: { done: number; total?: number | undefined }[] = [];
    let ended = 0;
    const transfer = () => ({ moved: (event: (typeof counts)[number]) => counts.push(event), end: () => ended++ });
    await lockRemoteData(model(URI), { ...remote, access: { ...remote.access, transfer } });
    const done = counts.map((each) => each.done);
    expect(counts[0]?.total).toBe(CONTENT.length);
    expect(done.at(-1)).toBe(CONTENT.length);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(ended).toBe(2);
  });

  it("begins anew where another version came", async () => {
    let asked = 0;
    const remote = await served((_, response) => {
      asked += 1;
      if (asked === 1) breakAfter(response, 100_000, { etag: '"v0"' });
      else response.setHeader("etag", '"v1"').end(CONTENT);
    });
    expect((await lockRemoteData(model(URI), remote)).files[0]?.sha256).toBe(sha256(CONTENT));
  });

  it("begins anew where nothing tells versions apart", async () => {
    const ranges: (string | undefined)[] = [];
    const remote = await served((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) breakAfter(response, 100_000);
      else response.end(CONTENT);
    });
    expect((await lockRemoteData(model(URI), remote)).files[0]?.sha256).toBe(sha256(CONTENT));
    expect(ranges).toEqual([undefined, undefined]);
  });

  it("is given up where it breaks again and again, and leaves nothing", async () => {
    const remote = await served((_, response) => breakAfter(response, 1_000, { etag: '"v1"' }));
    expect(await refusal(lockRemoteData(model(URI), remote))).toMatchObject({ code: "REMOTE_FAILED" });
    expect(remote.asked).toHaveLength(5);
    expect(await readdir(remote.cache)).toEqual([]);
  });
});

describe("a server that drips", () => {
  it("is given up, though each byte comes in time", async () => {
    const remote = await served((_, response) => {
      response.writeHead(200, { "content-length": CONTENT.length });
      drip(CONTENT, response, 10);
    });
    // Its time is over once something came, however long that takes here.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const transfer = () => ({ moved: () => vi.advanceTimersByTime(MINUTE), end() {} });
    const access = { ...remote.access, silence: MINUTE, transfer };
    expect(await refusal(lockRemoteData(model(URI), { ...remote, access }))).toMatchObject({
      code: "REMOTE_FAILED",
      found: "too little of it",
      hint: expect.stringContaining("copy the file elsewhere"),
    });
    expect(await readdir(remote.cache)).toEqual([]);
  });

  it("is given up where it answers nothing to whether a pinned file is still the same", async () => {
    const remote = await served(() => {});
    const access = { ...remote.access, silence: 100 };
    const pinned = checkRemoteData(model(URI), { ...remote, access }, lockOf(URI));
    expect(await refusal(pinned)).toMatchObject({ code: "REMOTE_FAILED", found: "no whole answer" });
  });
});

describe("a server that lies", () => {
  it("about where a range begins is not believed", async () => {
    let asked = 0;
    const remote = await served((request, response) => {
      asked += 1;
      if (asked === 1) return breakAfter(response, 100_000, { etag: '"v1"' });
      request.headers.range = "bytes=5-";
      sendRange(request, response);
    });
    expect(await refusal(lockRemoteData(model(URI), remote))).toMatchObject({ code: "REMOTE_FAILED" });
  });

  it("about its length, and ends early, is not believed", async () => {
    const remote = await served((_, response) => {
      response.writeHead(200, { "content-length": 10_000_000 });
      response.end(CONTENT);
    });
    expect(await refusal(lockRemoteData(model(URI), remote))).toMatchObject({ code: "REMOTE_FAILED" });
  });

  it("and goes on for ever is cut off", async () => {
    const remote = await served((_, response) => {
      const more = () => {
        while (response.write(CONTENT));
        response.once("drain", more);
      };
      more();
    });
    expect(await refusal(lockRemoteData(model(URI), { ...remote, maxBytes: 1_000_000 }))).toMatchObject({
      code: "FILE_TOO_LARGE",
    });
  });
});
