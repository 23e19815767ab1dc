import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import type { servingApi } from "./http.ts";

export interface ListenOptions {
  /** 0 for any free one. */
  port: number;
  host: string;
  limits?: Partial<typeof LIMITS>;
}

export interface Listening {
  server: Server;
  /** The port that was taken. */
  port: number;
  /**
   * Goes on for `lingerMs` milliseconds with each connection ending after its next answer, as whoever sends requests here has
   * yet to hear that it is not ready; then takes no new connections, lets requests finish up to `drainMs`, and ends what is left.
   */
  close(drainMs: number, lingerMs?: number): Promise<void>;
}

/** Limits of HTTP/1.1: whoever sends a byte a minute holds a connection for a minute at most. Milliseconds and bytes. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
};
const MAX_CONNECTIONS = 10_000;

/** Serves the face on a socket. Rejects with the system's error (EADDRINUSE) if the port cannot be had. */
export async function listen(
  api: ReturnType<typeof servingApi>,
  { port, host, limits }: ListenOptions,
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: api.fetch,
    createServer,
    serverOptions: { ...LIMITS, ...limits },
  }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  let isEnding = false;
  const inFlight = new Set<ServerResponse>();
  server.prependListener("request", (_, response) => {
    if (isEnding) response.shouldKeepAlive = false;
    inFlight.add(response);
    response.once("close", () => inFlight.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host.replace(/^\[|\]$/g, ""), resolve);
  });
  const address = server.address();
  return {
    server,
    port: typeof address === "object" && address !== null ? address.port : port,
    async close(drainMs, lingerMs = 0) {
      isEnding = true;
      // A client that kept its connection would go on asking a server that ends, and the server would wait for it.
      for (const response of inFlight) response.shouldKeepAlive = false;
      if (lingerMs > 0) await setTimeout(lingerMs);
      await new Promise<void>((resolve) => {
        const late = globalThis.setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
      });
    },
  };
}
