// Passes on what it is asked for the first time, and answers the same ever after, from memory: what a client costs by itself.
import { createServer, request } from "node:http";

const target = new URL(process.argv[2] ?? "");
const known = new Map();
const server = createServer((asked, answer) => {
  const chunks = [];
  asked.on("data", (chunk) => chunks.push(chunk));
  asked.on("end", () => {
    const body = Buffer.concat(chunks);
    const key = `${asked.method} ${asked.url} ${body}`;
    const same = known.get(key);
    if (same !== undefined) {
      answer.writeHead(same.status, { "content-type": "application/json", "content-length": same.body.length });
      answer.end(same.body);
      return;
    }
    const headers = { ...asked.headers, host: target.host };
    const passed = request(new URL(asked.url ?? "", target), { method: asked.method, headers }, (theirs) => {
      const parts = [];
      theirs.on("data", (part) => parts.push(part));
      theirs.on("end", () => {
        const whole = Buffer.concat(parts);
        known.set(key, { status: theirs.statusCode, body: whole });
        answer.writeHead(theirs.statusCode, { "content-type": "application/json", "content-length": whole.length });
        answer.end(whole);
      });
    });
    passed.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.error(`is at http://127.0.0.1:${server.address().port}`));
