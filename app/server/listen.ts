import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

export interface Listening {
  url: string;
  /** Takes no more connections, and resolves when the requests that came are answered. */
  close(): Promise<void>;
}

/** Milliseconds: GitHub gives up after ten seconds, so whoever takes longer is somebody else. */
const PATIENCE = 15_000;

/** An artifact is uploaded by PUT, and may be large: for whoever is known by then, since nobody else's body is read. */
const UPLOAD_PATIENCE = 3_600_000;

/** A form of the portal may bring a file of 25 MiB. */
const FORM_PATIENCE = 120_000;

export interface ListenOptions {
  host: string;
  port: number;
  /** In milliseconds, for a request to come in whole. */
  patience?: { request: number; upload: number; form: number };
}

/** Rejects if the port is taken. */
export async function listen(app: Hono, { host, port, patience }: ListenOptions): Promise<Listening> {
  const times = { request: PATIENCE, upload: UPLOAD_PATIENCE, form: FORM_PATIENCE };
  const { request: usual, upload, form } = patience ?? times;
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.headersTimeout = usual;
  // Node's own limit knows no difference between requests.
  server.requestTimeout = 0;
  server.prependListener("request", (request, response) => {
    let late: NodeJS.Timeout;
    const cutAfter = (milliseconds: number) => {
      clearTimeout(late);
      late = setTimeout(() => request.complete || request.destroy(), milliseconds).unref();
    };
    const bringsFile = /^multipart\//i.test(request.headers["content-type"] ?? "");
    cutAfter(request.method === "PUT" ? upload : bringsFile ? form : usual);
    // Answered before the body was in: nobody reads the rest.
    response.once("finish", () => cutAfter(usual));
    response.once("close", () => clearTimeout(late));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), 5_000);
      await closed;
      clearTimeout(timer);
    },
  };
}
