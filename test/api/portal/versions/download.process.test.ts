import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ArtifactStore } from "../../../../core/stores/store.ts";
import type { Artifact } from "../../../../schemas/manifest.ts";
import { digest } from "../../../registry/builders.ts";
import { gitIn } from "../../../registry/repositories.ts";
import { artifactOf, registered } from "./registered.ts";

/** An artifact of these files, in the store. */
async function stored(store: ArtifactStore, files: Record<string, string>): Promise<Artifact> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-files-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const artifact = await store.putFolder(folder);
  await rm(folder, { recursive: true });
  return artifact;
}

it("a file comes as it is, to keep", async () => {
  const { app } = await registered();
  const answer = await app.request("http://localhost/m/penguins/v/1/files/m");
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("abc");
  expect(answer.headers.get("content-length")).toBe("3");
});

it("HTML of a model is never this server's page", async () => {
  const html = "<script>alert(1)</script>";
  const { get } = await registered({
    versions: async ({ store }) => [{ artifact: await stored(store, { "page.html": html, "picture.svg": html }) }],
  });
  for (const name of ["page.html", "picture.svg"]) {
    const { headers, text } = await get(`/m/penguins/v/1/files/${name}`);
    expect(text).toBe(html);
    expect(headers.get("content-disposition")).toMatch(/^attachment; /);
    expect(headers.get("content-type")).toBe("application/octet-stream");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

it.each(["nothing", "../m", "%2e%2e/m", "m/", "m%00", "..%2Fm"])("%s is no file of it: 404", async (path) => {
  const { get } = await registered();
  expect((await get(`/m/penguins/v/1/files/${path}`)).status).toBe(404);
});

it("who asks for the headers alone gets no bytes", async () => {
  const { app } = await registered();
  const answer = await app.request("http://localhost/m/penguins/v/1/files/m", { method: "HEAD" });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("");
});

it("of a version whose tag is gone nothing is handed out, and its page says so", async () => {
  const { get, ports } = await registered({ versions: [{}, {}] });
  await gitIn(ports.workspace.folder, "tag", "-d", "penguins@v1.0.0");
  const { status, text } = await get("/m/penguins/v/1/files/m");
  expect(status).toBe(403);
  expect(text).toContain("TAG_UNTRUSTED");
  const page = await get("/m/penguins/v/1?tab=files");
  expect(page.text).toContain("Not to be used.");
  expect(page.text).not.toContain("/files/m");
});

it("a file that the store lost is 404", async () => {
  const lost = { path: "m", sha256: digest(77), size: 3 };
  const { get } = await registered({ versions: [{ artifact: artifactOf([lost]) }] });
  const { status, text } = await get("/m/penguins/v/1/files/m");
  expect(status).toBe(404);
  expect(text).toContain("ARTIFACT_MISSING");
});

it("files whose only address is known are not handed out", async () => {
  const imported = { act: "0".repeat(32), source: "s3://elsewhere/m", download: "https://example.org/<m>" };
  const { get } = await registered({ versions: [{ imported, artifact_from: "imported" }] });
  expect((await get("/m/penguins/v/1/files/m")).text).toContain("ARTIFACT_NOT_DURABLE");
  expect((await get("/m/penguins/v/1?tab=files")).text).toContain("https://example.org/&lt;m&gt;");
});

it.each(["__proto__", "-constructor", "nothing"])("lists files by path where the order is none: %s", async (sort) => {
  const { get } = await registered();
  const { status, text } = await get(`/m/penguins/v/1?tab=files&sort=${sort}`);
  expect(status).toBe(200);
  expect(text).toContain("/files/m");
});
