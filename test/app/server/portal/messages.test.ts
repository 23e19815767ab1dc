import { expect, it } from "vitest";
import { notSignedInPage } from "../../../../app/server/portal/messages.ts";

it.each(["constructor", "__proto__", "<b>"])("says GitHub's own word where there is no better one: %s", async (why) => {
  const { status, body } = notSignedInPage(why);
  expect(status).toBe(403);
  expect(String(await body)).toContain(`It says: ${why.replace("<b>", "&lt;b&gt;")}`);
});
