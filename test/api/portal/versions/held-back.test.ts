import { expect, it } from "vitest";
import { heldBack } from "../../../../api/portal/versions/held-back.ts";

async function* parts(texts: readonly string[], end?: Error): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
  if (end !== undefined) throw end;
}

async function read(from: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const part of from) text += part;
  return text;
}

it("gives the same bytes", async () => {
  expect(await read(heldBack(parts(["a", "", "bc", "d"])))).toBe("abcd");
});

it("gives nothing of nothing", async () => {
  expect(await read(heldBack(parts([])))).toBe("");
});

it("keeps the last part back if the source ends in an error", async () => {
  const seen: string[] = [];
  const reading = async () => {
    for await (const part of heldBack(parts(["a", "b"], new Error("other bytes")))) seen.push(part.toString());
  };
  await expect(reading()).rejects.toThrow("other bytes");
  expect(seen).toEqual(["a"]);
});
