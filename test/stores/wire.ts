import { once } from "node:events";
import http from "node:http";
import type { Socket } from "node:net";
import { freePort } from "../../tools/free-port.ts";

/** What goes wrong with a request, `times` times (default once), if it is one that `when` picks (default: any). */
export interface Fault {
  when?: (request: http.IncomingMessage) => boolean;
  times?: number;
  /** The server answers this instead. */
  answer?: { status: number; headers?: Record<string, string>; body?: string };
  /** The connection breaks after this many bytes of the request's or of the answer's body. */
  breaksAfter?: { up: number } | { down: number };
  /** Nothing comes back at all. */
  stalls?: boolean;
  /** The answer's body comes a byte every so many milliseconds. */
  drips?: number;
  /** The request goes on without what proves who sends it. */
  forgets?: boolean;
}

/** A wire to a real server, on which things go wrong that the server itself would not do on demand. */
export interface Wire {
  /** `127.0.0.1:PORT` */
  host: string;
  /** Every request that came by, oldest first. */
  seen: { method: string; path: string; headers: http.IncomingHttpHeaders; status: number | undefined }[];
  fault(fault: Fault): void;
  /** The server is away: connections break, and no new one is taken. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

export async function wireTo(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const seen: Wire["seen"] = [];
  const faults: Fault[] = [];
  const sockets = new Set<Socket>();

  const server = http.createServer((request, response) => {
    const about: Wire["seen"][number] = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: { ...request.headers },
      status: undefined,
    };
    seen.push(about);
    const fault = faults.find((each) => (each.times ?? 1) > 0 && (each.when?.(request) ?? true));
    if (fault) fault.times = (fault.times ?? 1) - 1;
    if (fault?.stalls) return void request.resume();
    if (fault?.answer) {
      about.status = fault.answer.status;
      request.resume();
      response.writeHead(fault.answer.status, fault.answer.headers);
      if (fault.drips !== undefined) return drip(fault.answer.body ?? "", response, fault.drips);
      return void response.end(fault.answer.body);
    }
    const headers = { ...request.headers };
    if (fault?.forgets) delete headers.authorization;
    const passed = http.request({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
      about.status = answer.statusCode;
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      forward(answer, response, limitOf(fault, "down"));
    });
    passed.on("error", () => request.socket.destroy());
    forward(request, passed, limitOf(fault, "up"));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

  const listen = async (at: number) => {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
  };
  const away = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  // Nobody is given this port while the server is away.
  const own = await freePort();
  await listen(own);
  return {
    host: `127.0.0.1:${own}`,
    seen,
    fault: (fault) => void faults.push(fault),
    away,
    back: () => listen(own),
    close: async () => (server.listening ? away() : undefined),
  };
}

/** Sends a text byte by byte, for as long as somebody listens. */
export function drip(text: string, to: http.ServerResponse, pause: number): void {
  let at = 0;
  const timer = setInterval(() => (at < text.length ? to.write(text[at++]) : to.end()), pause);
  to.on("close", () => clearInterval(timer));
}

function limitOf(fault: Fault | undefined, way: "up" | "down"): number {
  const breaks = fault?.breaksAfter as Record<string, number> | undefined;
  return breaks?.[way] ?? Number.POSITIVE_INFINITY;
}

function forward(from: http.IncomingMessage, to: http.ServerResponse | http.ClientRequest, most: number): void {
  let size = 0;
  from.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > most) {
      from.destroy();
      to.destroy();
    } else if (!to.write(chunk)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  to.on("error", () => from.destroy());
}
