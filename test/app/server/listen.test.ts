import { once } from "node:events";
import { connect } from "node:net";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../../../app/server/listen.ts";

/** A server that reads bodies for as long as they come, and what one that stalls is answered before it is cut off. */
async function stalled(method: string, path: string, type = "text/plain"): Promise<string> {
  const app = new Hono();
  app.all("/read", async (context) => context.text(`read ${(await context.req.text()).length}`));
  app.all("/refuse", (context) => context.text("refused", 401));
  const patience = { request: 100, upload: 1_000_000, form: 1_000_000 };
  const server = await listen(app, { host: "127.0.0.1", port: 0, patience });
  onTestFinished(() => server.close());
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.on("error", () => {});
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 4\r\n\r\nab`);
  const closed = once(socket, "close").then(() => "cut off");
  if ((method === "PUT" || type !== "text/plain") && path === "/read") {
    setTimeout(() => socket.end("cd"), 300);
    await closed;
  } else await closed;
  return answer;
}

it("cuts off who does not send the rest of a request", async () => {
  expect(await stalled("POST", "/read")).not.toContain("200 OK");
});

it("waits longer for an upload", async () => {
  expect(await stalled("PUT", "/read")).toContain("read 4");
});

it("waits longer for a form with a file", async () => {
  expect(await stalled("POST", "/read", "multipart/form-data; boundary=x")).toContain("read 4");
});

it("cuts off an upload that was refused before it was sent", async () => {
  expect(await stalled("PUT", "/refuse")).toContain("401 Unauthorized");
});
