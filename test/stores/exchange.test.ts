import { expect, it } from "vitest";
import { checkedUrl } from "../../core/stores/oci/exchange.ts";

it.each([
  ["https://ghcr.io/v2/", "https://cdn.test/blob"],
  ["https://ghcr.io/v2/", "/v2/blob"],
  ["http://127.0.0.1:5000/v2/", "http://127.0.0.1:5001/token"],
])("a registry at %s may lead to %s", (base, to) => {
  expect(checkedUrl(to, new URL(base)).href).toBe(new URL(to, base).href);
});

it.each([
  ["https://evil.test/v2/", "http://127.0.0.1:8080/admin"],
  ["https://evil.test/v2/", "http://localhost/admin"],
  ["https://evil.test/v2/", "https://localhost:8443/admin"],
  ["https://evil.test/v2/", "https://[::ffff:127.0.0.1]/admin"],
  ["https://evil.test/v2/", "https://169.254.169.254/latest/meta-data"],
  ["https://evil.test/v2/", "http://169.254.169.254/latest/meta-data"],
  ["http://127.0.0.1:5000/v2/", "http://elsewhere.test/token"],
  ["https://ghcr.io/v2/", "https://me:pw@cdn.test/blob"],
])("a registry at %s leads nobody to %s", (base, to) => {
  expect(() => checkedUrl(to, new URL(base))).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
});
