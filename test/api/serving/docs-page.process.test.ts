import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { admission } from "../../../api/serving/admission.ts";
import { live, served, testFace } from "./face.ts";

const run = promisify(execFile);

/** The commands of the page, as somebody copies them. */
function commands(page: string): string[] {
  return [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text = ""]) =>
    text
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );
}

it("commands of the page answer in a shell, whatever a value holds", async () => {
  const example = { bill_length_mm: 39.1, island: `it's $HOME \`x\` "q" \\ <b>&amp;` };
  const { get, asked } = await testFace({ endpoints: [live(served({ example }))] });
  const shown = commands((await get("/docs")).text);
  for (const command of shown) expect((await run("sh", ["-c", command])).stdout).toContain("adelie");
  expect(asked.map(({ rows }) => rows[0])).toEqual([example, example, example]);
});

it("commands of the page send the token from the environment where the page was asked for with one", async () => {
  const { get } = await testFace({ admit: admission({ token: "s3cret", host: "0.0.0.0" }) });
  const [command = ""] = commands((await get("/docs", { authorization: "Bearer s3cret" })).text);
  expect(command).not.toContain("s3cret");
  const { stdout } = await run("sh", ["-c", command], { env: { ...process.env, SLIPWAY_SERVE_TOKEN: "s3cret" } });
  expect(stdout).toContain("adelie");
});

it("a page loads nothing and runs nothing, and what people wrote is text in it", async () => {
  const version = served();
  const inputs = [{ name: "<script>", type: "string" as const }];
  const { get } = await testFace({ endpoints: [live({ ...version, signature: { ...version.signature, inputs } })] });
  const { text, headers } = await get("/docs");
  expect(text).not.toContain("<script");
  expect(text).toContain("&lt;script&gt;");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

it("a name that the client calls the server by is not taken into a command where it is none", async () => {
  const { get } = await testFace({ admit: admission({ token: "t", host: "0.0.0.0" }) });
  const { text } = await get("/docs", { authorization: "Bearer t", host: "x;rm" });
  expect(text).not.toContain("x;rm");
});
