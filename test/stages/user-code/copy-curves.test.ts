import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { copyCurves } from "../../../core/stages/user-code/copy-curves.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

function arrange() {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  return { from, copy: copyCurves(from, to), kept: () => (existsSync(to) ? readFileSync(to, "utf8") : undefined) };
}

it("takes whole lines as they come, each once", async () => {
  const { from, copy, kept } = arrange();
  await copy();
  expect(kept()).toBeUndefined();
  writeFileSync(from, '{"step":1,"loss":0.5}\n{"step":2,');
  await copy();
  expect(kept()).toBe('{"step":1,"loss":0.5}\n');
  appendFileSync(from, '"loss":0.25}\n');
  await copy();
  await copy();
  expect(kept()).toBe('{"step":1,"loss":0.5}\n{"step":2,"loss":0.25}\n');
});

it("leaves out what is no point", async () => {
  const { from, copy, kept } = arrange();
  writeFileSync(from, 'hello\n{"step":1,"loss":0.5}\n{"loss":1}\n');
  await copy();
  expect(kept()).toBe('{"step":1,"loss":0.5}\n');
});

it("follows no link", async () => {
  const { from, copy, kept } = arrange();
  writeFileSync(`${from}.elsewhere`, '{"step":1,"loss":0.5}\n');
  symlinkSync(`${from}.elsewhere`, from);
  await copy();
  expect(kept()).toBeUndefined();
});
