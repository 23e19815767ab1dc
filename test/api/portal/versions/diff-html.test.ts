import { expect, it } from "vitest";
import { diffHtml } from "../../../../api/portal/versions/diff-html.ts";

const show = async (text: string) => String(await diffHtml(text));

it("gives each kind of line its sign and its class", async () => {
  const html = await show(
    "diff --git a/m.py b/m.py\nindex 1..2 100644\n--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-old\n+new\n same",
  );
  expect(html).toContain('<span class="file">diff --git a/m.py b/m.py');
  expect(html).toContain('<span class="removed">-old');
  expect(html).toContain('<span class="added">+new');
  expect(html).not.toContain("+++");
});

it("shows markup as text", async () => {
  expect(await show("+<script>alert(1)</script>")).toContain("+&lt;script&gt;alert(1)&lt;/script&gt;");
});

it("shows what would turn the order of a line, and keeps tabs", async () => {
  const html = await show("+\tif (a\u202e\u2066) {\u0007");
  expect(html).toContain("+\tif (a\ufffd\ufffd) {\ufffd");
});

it("cuts lines and files that are too long", async () => {
  expect((await show(`+${"x".repeat(10_000)}`)).length).toBeLessThan(1_000);
  expect((await show("+x\n".repeat(10_000))).match(/class="added"/g)?.length).toBe(1_500);
});
