import { connect, type Socket } from "node:net";

/** One keep-alive connection that asks one thing after another: it costs less than what it measures. */
export interface HttpClient {
  get(path: string): Promise<string>;
  send(method: string, path: string, body: object): Promise<string>;
  end(): void;
}

/** Rejects a status other than 200. */
export function openClient(url: string): HttpClient {
  const { hostname, port, host } = new URL(url);
  let socket: Socket | undefined;
  let asked: { resolve(body: string): void; reject(error: Error): void } | undefined;
  let taken: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    taken = taken.length === 0 ? chunk : Buffer.concat([taken, chunk]);
    const answer = wholeAnswer(taken);
    if (answer === undefined || asked === undefined) return;
    taken = Buffer.alloc(0);
    const { resolve, reject } = asked;
    asked = undefined;
    if (answer.status === 200) resolve(answer.body);
    else reject(new Error(`${answer.status}: ${answer.body.slice(0, 500)}`));
  };
  const open = () => {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true });
    opened.on("data", take);
    opened.on("error", (error) => asked?.reject(error));
    opened.on("close", () => {
      if (socket === opened) socket = undefined;
      asked?.reject(new Error(`${url} closed the connection`));
    });
    return opened;
  };
  const ask = (text: string) =>
    new Promise<string>((resolve, reject) => {
      asked = { resolve, reject };
      // A server ends what was idle for some seconds.
      socket ??= open();
      socket.write(text);
    });
  return {
    get: (path) => ask(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`),
    send(method, path, body) {
      const text = JSON.stringify(body);
      const length = Buffer.byteLength(text);
      const head = `host: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}`;
      return ask(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${text}`);
    },
    end: () => socket?.destroy(),
  };
}

/** Undefined while there is more to come. */
function wholeAnswer(bytes: Buffer): { status: number; body: string } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    if (bytes.length < end + 4 + Number(length)) return undefined;
    return { status, body: bytes.toString("utf8", end + 4) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`neither a length nor chunks: ${head}`);
  return bytes.subarray(-5).toString() === "0\r\n\r\n" ? { status, body: joined(bytes.subarray(end + 4)) } : undefined;
}

function joined(chunks: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = chunks.indexOf("\r\n", at);
    const size = Number.parseInt(chunks.toString("latin1", at, line), 16);
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(chunks.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
