import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { admission } from "../../../api/serving/admission.ts";
import { servingApi } from "../../../api/serving/http.ts";
import { listen } from "../../../api/serving/listen.ts";
import { openServeLog } from "../../../api/serving/log.ts";
import { openServeMetrics } from "../../../api/serving/metrics.ts";
import { answering, live, memoryServing, served } from "./face.ts";

const ROWS = JSON.stringify({ instances: [{ bill_length_mm: 39.1, island: "Dream" }] });

/** A server whose model answers when it is told to. */
async function heldServer(limits = {}) {
  let finish = () => {};
  let begun = () => {};
  const asked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const program = () =>
    new Promise<{ prediction: string }[]>((resolve) => {
      finish = () => resolve([{ prediction: "adelie" }]);
      begun();
    });
  const serving = memoryServing([live(served({ answering: answering(program) }))], true, []);
  const listening = await listen(
    servingApi({
      ...{ serving, metrics: openServeMetrics(serving), log: openServeLog("silent", () => {}), version: "0.0.0" },
      admit: admission({ token: undefined, host: "127.0.0.1" }),
    }),
    { port: 0, host: "127.0.0.1", limits },
  );
  return { ...listening, asked, finish: () => finish() };
}

function post(port: number, agent: Agent): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path: "/invocations", method: "POST", headers, agent }, resolve)
      .on("error", reject)
      .end(ROWS);
  });
}

it("a server that closes gives an answer to who asked before, and ends their connection with it", async () => {
  const { port, close, asked, finish } = await heldServer();
  const agent = new Agent({ keepAlive: true });
  const answer = post(port, agent);
  await asked;
  const closed = close(60_000);
  finish();
  const { statusCode, headers } = await answer;
  await closed;
  expect([statusCode, headers.connection]).toEqual([200, "close"]);
});

it("a server that closes takes nobody new", async () => {
  const { port, close, asked, finish } = await heldServer();
  const before = post(port, new Agent());
  await asked;
  const closed = close(60_000);
  await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  finish();
  await Promise.all([before, closed]);
});

it("a server that lingers still answers who has not heard that it is not ready, and ends their connection", async () => {
  const { port, close } = await heldServer();
  const closed = close(0, 3_000);
  const [{ statusCode, headers }] = (await once(
    request({ port, host: "127.0.0.1", path: "/ping", agent: new Agent({ keepAlive: true }) }).end(),
    "response",
  )) as [IncomingMessage];
  await closed;
  expect([statusCode, headers.connection]).toEqual([200, "close"]);
});

it("a server that closes waits for nobody longer than it said", async () => {
  const { port, close, asked } = await heldServer();
  const answer = post(port, new Agent());
  answer.catch(() => {});
  await asked;
  await close(1);
  await expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
});

it("a client that keeps its connection asks on the same one", async () => {
  const { port, close } = await heldServer();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = [];
  for (const _ of [1, 2]) {
    const asked = request({ port, host: "127.0.0.1", path: "/ping", agent }).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    ports.push(response.socket.localPort);
    response.resume();
    await once(response, "end");
  }
  agent.destroy();
  await close(0);
  expect(ports[0]).toBe(ports[1]);
});

const IMPATIENT = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 };

it.each([
  ["headers", "GET /ping HTTP/1.1\r\nhost: 127.0.0.1\r\n", "408", IMPATIENT],
  [
    "a body",
    "POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/csv\r\ncontent-length: 9\r\n\r\n1",
    "408",
    IMPATIENT,
  ],
  ["more headers than it takes", `GET /ping HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, "431", {}],
])("a connection with %s that never end is closed", async (_, sent, status, limits) => {
  const { port, close } = await heldServer(limits);
  const socket = connect(port, "127.0.0.1", () => socket.write(sent));
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "close");
  await close(0);
  expect(text).toContain(`HTTP/1.1 ${status}`);
});

it("a port that is taken is the system's error", async () => {
  const { port, close } = await heldServer();
  const { server: _, ...again } = await heldServer();
  const api = servingApi({
    ...{ serving: memoryServing([], true, []), metrics: openServeMetrics({ endpoints: () => [] }) },
    ...{ log: openServeLog("silent", () => {}), version: "0.0.0" },
    admit: admission({ token: undefined, host: "127.0.0.1" }),
  });
  await expect(listen(api, { port, host: "127.0.0.1" })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await Promise.all([close(0), again.close(0)]);
});
