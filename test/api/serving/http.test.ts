import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { admission } from "../../../api/serving/admission.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { BusyError } from "../../../core/runtime/answering/answering.ts";
import { answering, bySize, live, type Program, served, testFace } from "./face.ts";

const ROWS = { instances: [{ bill_length_mm: 39.1, island: "Dream" }] };
const V1 = "/v1/models/penguins:predict";

/** A face whose model's program does this. */
const facing = (program: Program) => testFace({ endpoints: [live(served({ answering: answering(program) }))] });
const failing = (error: Error) => facing(() => Promise.reject(error));

describe("a program that does not answer", () => {
  it.each<[string, Error, number]>([
    ["is busy", new BusyError("full", 1_500), 503],
    ["takes too long", new SlipwayError("SERVE_TIMEOUT", "2 s are over"), 504],
    ["ends", new SlipwayError("SERVE_CRASHED", "secret log"), 500],
    ["writes garbage", new SlipwayError("SERVE_ANSWER", "secret line"), 500],
    ["says an error", new SlipwayError("SERVE_ERROR", "unknown island"), 500],
    ["meets a bug", new Error("secret /path"), 500],
    ["is not ready", new SlipwayError("SERVE_NOT_READY", "not yet"), 503],
  ])("%s", async (_, error, status) => {
    const { post } = await failing(error);
    const answer = await post(V1, ROWS);
    expect(answer).toMatchObject({ status, body: { error: expect.not.stringContaining("secret") } });
  });

  it("tells who asks when to ask again", async () => {
    const { post } = await failing(new BusyError("full", 1_500));
    expect((await post(V1, ROWS)).headers.get("retry-after")).toBe("2");
  });

  it("is told of in its own words where it said them", async () => {
    const { post } = await failing(new SlipwayError("SERVE_ERROR", "unknown island"));
    expect((await post(V1, ROWS)).body).toEqual({ error: "unknown island" });
  });

  it("is told of to nobody else: its words may hold a row's values, and the log has the code alone", async () => {
    const { post, log } = await failing(new SlipwayError("SERVE_ERROR", "no such patient: 4711"));
    await post(V1, ROWS);
    expect(log).toContainEqual(expect.objectContaining({ level: 50, code: 500, reason: "SERVE_ERROR" }));
    expect(JSON.stringify(log)).not.toContain("4711");
  });

  it("leaves the reason in the log, with the request's id", async () => {
    const { post, log } = await failing(new Error("the real reason"));
    await post(V1, ROWS, { "x-request-id": "r-1" });
    expect(log).toContainEqual(
      expect.objectContaining({
        id: "r-1",
        route: "v1.predict",
        code: 500,
        err: expect.objectContaining({ message: "the real reason" }),
      }),
    );
  });
});

it.each<[string, unknown, string]>([
  ["a list", [1, 2], "The body is no request: expected an object, found a list."],
  ["a number for a name", { inputs: [], id: 7 }, "The body is no request (id): expected a text, found a number."],
])("a body with %s is told in plain words what it lacks", async (_, body, error) => {
  const { post } = await testFace();
  expect((await post("/v2/models/penguins/infer", body)).body).toEqual({ error });
});

it("the log says of a model's program what it did, without our own stack", async () => {
  const { post, log } = await failing(new SlipwayError("SERVE_CRASHED", "The program ended with exit code 3"));
  await post(V1, ROWS);
  expect(log.at(-1)).toMatchObject({ reason: "SERVE_CRASHED", why: "The program ended with exit code 3" });
  expect(log.at(-1)).not.toHaveProperty("err");
});

describe("a request's id", () => {
  it.each(["r-1", "0af7651916cd43dd8448eb211c80319c", "a.b:c=d"])("is the client's, and comes back: %s", async (id) => {
    const { post, asked } = await testFace();
    const { headers } = await post(V1, ROWS, { "x-request-id": id });
    expect([headers.get("x-request-id"), asked[0]?.id]).toEqual([id, id]);
  });

  it.each(["a b", "x".repeat(129), 'a"b', "a/b"])(
    "is a new one where the client's cannot stand in a log: %s",
    async (id) => {
      const { get } = await testFace();
      const made = (await get("/ping", { "x-request-id": id })).headers.get("x-request-id");
      expect(made).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe("the trace", () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  it.each([`00-${trace}-b7ad6b7169203331-01`, `01-${trace}-b7ad6b7169203331-00-more`])(
    "is handed on: %s",
    async (sent) => {
      const { post, asked } = await testFace();
      await post(V1, ROWS, { traceparent: sent });
      expect(asked[0]?.traceparent).toBe(sent);
    },
  );

  it.each([
    "nonsense",
    `ff-${trace}-b7ad6b7169203331-01`,
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace}-b7ad6b7169203331-01-more`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
  ])("is dropped where it is none: %s", async (sent) => {
    const { post, asked } = await testFace();
    expect((await post(V1, ROWS, { traceparent: sent })).status).toBe(200);
    expect(asked[0]?.traceparent).toBeUndefined();
  });
});

it("the key that keeps a client with one version is handed on", async () => {
  const { post, asked } = await testFace();
  await post(V1, ROWS, { "x-request-key": "customer 7" });
  expect(asked[0]?.key).toBe("customer 7");
});

it("an answer names the version", async () => {
  const { post } = await testFace();
  expect((await post(V1, ROWS)).headers.get("x-slipway-version")).toBe("penguins@3");
});

it("a model is asked by whatever name it was given", async () => {
  const { get, post } = await testFace({ endpoints: [live(served({ model: "Größe 2/ß" }))] });
  const { paths } = (await get("/openapi.json")).body;
  for (const path of Object.keys(paths).filter((each) => each.startsWith("/v1"))) {
    const answer = await post(path, ROWS);
    expect([answer.status, answer.headers.get("x-slipway-version")]).toEqual([200, "Gr%C3%B6%C3%9Fe%202%2F%C3%9F@3"]);
  }
});

it("the log has a line for each request, and no value of it", async () => {
  const { post, log } = await testFace();
  await post(V1, ROWS, { "x-request-id": "r-1" });
  await post(V1, { instances: [{ bill_length_mm: 3, island: "Dream" }] });
  expect(log).toMatchObject([
    { id: "r-1", route: "v1.predict", code: 200, model: "penguins", version: 3, rows: 1 },
    { route: "v1.predict", code: 400, reason: "ROWS_INVALID" },
  ]);
  expect(JSON.stringify(log)).not.toContain("Dream");
});

describe("who may ask", () => {
  const guarded = { admit: admission({ token: "s3cret", host: "0.0.0.0" }) };
  it("is who has the token", async () => {
    const { post } = await testFace(guarded);
    expect(await post(V1, ROWS, { authorization: "Bearer s3cret" })).toMatchObject({ status: 200 });
  });

  it.each<[string, Record<string, string>]>([
    ["no token", {}],
    ["another", { authorization: "Bearer s3cre" }],
    ["another scheme", { authorization: `Basic ${btoa("x:s3cret")}` }],
  ])("is nobody with %s, and no model is asked", async (_, headers) => {
    const { post, asked } = await testFace(guarded);
    const answer = await post(V1, ROWS, headers);
    expect(answer).toMatchObject({ status: 401, body: { error: expect.stringContaining("Bearer") } });
    expect([answer.headers.get("www-authenticate"), asked]).toEqual(["Bearer", []]);
  });

  it("is told in MLflow's form where MLflow's route was asked", async () => {
    const { post } = await testFace(guarded);
    expect((await post("/invocations", ROWS)).body).toMatchObject({ error_code: "UNAUTHENTICATED" });
  });

  it.each([
    "/ping",
    "/health",
    "/v2/health/live",
    "/v2/health/ready",
    "/v2/models/penguins/ready",
    "/v1/models/penguins",
  ])("is everybody about health: %s", async (path) => {
    const { get } = await testFace(guarded);
    expect((await get(path)).status).toBe(200);
  });

  it.each(["/metrics", "/v2", "/v2/models/penguins", "/nowhere"])("is nobody without the token: %s", async (path) => {
    const { get } = await testFace(guarded);
    expect((await get(path)).status).toBe(401);
  });

  it.each<[string, Record<string, string>]>([
    ["a name that a page points at 127.0.0.1", { host: "evil.example" }],
    ["another page's origin", { origin: "https://evil.example" }],
    ["a page without an origin", { origin: "null" }],
  ])("is on this machine nobody who comes from %s", async (_, headers) => {
    const { url } = await testFace();
    const [status] = await raw(
      url,
      `GET /ping HTTP/1.1\r\n${lines({ host: "127.0.0.1", connection: "close", ...headers })}\r\n`,
    );
    expect(status).toBe("HTTP/1.1 403 Forbidden");
  });

  it("cannot be settled without a token where others reach the server", () => {
    expect(() => admission({ token: undefined, host: "0.0.0.0" })).toThrow(TypeError);
  });
});

describe("a body", () => {
  it("that says it is too large is 413 before it is read", async () => {
    const { url } = await testFace({ options: { bodies: { one: 100, all: 1_000, small: 0 } } });
    const head = `POST /invocations HTTP/1.1\r\n${lines({ host: "127.0.0.1", "content-type": "application/json", "content-length": "101" })}\r\n`;
    const [status, text] = await raw(url, head);
    expect([status, text]).toEqual([
      "HTTP/1.1 413 Payload Too Large",
      expect.stringContaining("larger than 100 bytes"),
    ]);
  });

  it("that comes in chunks is 413 once it is too large", async () => {
    const { url } = await testFace({ options: { bodies: { one: 100, all: 1_000, small: 0 } } });
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(64, " ")),
    });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}${V1}`, { method: "POST", headers, body, duplex: "half" } as RequestInit);
    expect([response.status, response.headers.get("connection")]).toEqual([413, "close"]);
  });

  it("is 503 while others take all the room, and is read when they have ended", async () => {
    const { url, post } = await testFace({ options: { bodies: { one: 1_000, all: 400, small: 200 } } });
    const headers = { host: "127.0.0.1", "content-type": "application/json", "content-length": "300" };
    const other = connect(Number(new URL(url).port), "127.0.0.1");
    other.write(`POST ${V1} HTTP/1.1\r\n${lines(headers)}\r\n${" ".repeat(299)}`);
    const large = { ...ROWS, padding: "x".repeat(200) };
    await expect.poll(() => post(V1, large)).toMatchObject({ status: 503 });
    expect(await post(V1, ROWS), "a small one").toMatchObject({ status: 200 });
    other.destroy();
    await expect.poll(() => post(V1, large)).toMatchObject({ status: 200 });
  });

  it("takes its room until it is answered: what waits for a slow program fills no memory", async () => {
    let answer = () => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const program: Program = async (ask) => {
      if (ask.id === "slow") await slow;
      return bySize(ask);
    };
    const { post, asked } = await testFace({
      endpoints: [live(served({ answering: answering(program) }))],
      options: { bodies: { one: 1_000, all: 400, small: 200 } },
    });
    const large = { ...ROWS, padding: "x".repeat(200) };
    const waiting = post(V1, large, { "x-request-id": "slow" });
    await expect.poll(() => asked.length).toBe(1);
    expect(await post(V1, large)).toMatchObject({ status: 503 });
    answer();
    expect(await waiting).toMatchObject({ status: 200 });
    await expect.poll(() => post(V1, large)).toMatchObject({ status: 200 });
  });

  it("that is compressed is 415", async () => {
    const { post } = await testFace();
    expect(await post("/invocations", "x", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
  });

  it("that is no UTF-8 is 400", async () => {
    const { url } = await testFace();
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    };
    expect((await fetch(`${url}${V1}`, init)).status).toBe(400);
  });

  it("of 200,000 levels is refused, and nothing overflows", async () => {
    const { post } = await testFace();
    const deep = `{"inputs":[{"name":"a","shape":[1],"datatype":"FP64","data":${"[".repeat(200_000)}${"]".repeat(200_000)}}]}`;
    expect(await post("/v2/models/penguins/infer", deep)).toMatchObject({ status: 400 });
  });
});

it("requests that come in one piece are answered one after another", async () => {
  const { url } = await testFace();
  const get = (path: string, more = {}) => `GET ${path} HTTP/1.1\r\n${lines({ host: "127.0.0.1", ...more })}\r\n`;
  const text = await whole(url, get("/v2/health/live") + get("/version") + get("/ping", { connection: "close" }));
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(["200", "200", "200"]);
  expect(text.indexOf('{"live":true}')).toBeLessThan(text.indexOf("0.0.0"));
});

it("who goes away is told to the program, and is no fault of the server", async () => {
  let signal: AbortSignal | undefined;
  const stop = new AbortController();
  const { url, log } = await facing(
    (ask) =>
      new Promise((_, reject) => {
        signal = ask.signal;
        signal?.addEventListener("abort", () => reject(new SlipwayError("INTERRUPTED", "given up")));
        stop.abort();
      }),
  );
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(ROWS) };
  await expect(fetch(`${url}${V1}`, { ...init, signal: stop.signal })).rejects.toThrow();
  await expect.poll(() => log.at(-1)).toMatchObject({ reason: "INTERRUPTED", level: 40 });
});

it.each<[string, string, string]>([
  ["GET", "/invocations", "POST"],
  ["POST", "/ping", "GET"],
  ["DELETE", "/v2/models/penguins/ready", "GET"],
])("%s %s is 405, with what is allowed", async (method, path, allow) => {
  const { url } = await testFace();
  const response = await fetch(`${url}${path}`, { method });
  expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
});

it("a browser that opens the server is led to the page", async () => {
  const { url } = await testFace();
  const response = await fetch(url, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([302, "/docs"]);
});

it("probes do not fill the log", async () => {
  const { get, log } = await testFace({ ready: false });
  await get("/v2/health/ready");
  expect(log.map(({ level }) => level)).toEqual([20]);
});

it("an endpoint that there is not is 404", async () => {
  const { get } = await testFace();
  expect(await get("/nowhere")).toMatchObject({ status: 404, body: { error: expect.any(String) } });
});

function lines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

/** Bytes sent as they are, and all that comes back. */
function whole(url: string, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(sent));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

/** The first line of what comes back, and its last. */
async function raw(url: string, sent: string): Promise<[string, string]> {
  const text = (await whole(url, sent)).split("\r\n");
  return [text[0] ?? "", text.at(-1) ?? ""];
}
