import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ArtifactStore } from "../../core/stores/store.ts";
import type { Wire } from "./wire.ts";

interface ServedStore {
  store: ArtifactStore;
  wire?: Wire;
  expire?(): void;
}

/** What every store on a server promises besides: it is asked again, given up, taken up where it broke off. */
export function testOnServer(of: () => { under: ServedStore; folder: string }, { renews }: { renews: boolean }): void {
  describe("on a server", () => {
    const wire = () => of().under.wire as Wire;
    const store = () => of().under.store;
    const put = () => store().putFolder(join(of().folder, "model"));
    const isUp = ({ method }: { method?: string | undefined }) => method === "PUT";
    const large = async () => {
      await writeFile(join(of().folder, "large"), Buffer.alloc(3_000_000, 7));
      return join(of().folder, "large");
    };

    it.each([503, 429, 500])("asks again where the server says %s", async (status) => {
      wire().fault({ answer: { status }, times: 2 });
      expect(await store().verify(await put())).toBe("ok");
    });

    it("says that access is denied, at once", async () => {
      wire().fault({ answer: { status: 403, body: DENIED }, times: 1_000 });
      const refused = await put().catch((error) => error);
      expect(refused.code).toMatch(/^STORE_(DENIED|NO_CREDENTIALS)$/);
      expect(wire().seen.length).toBeLessThan(20);
    });

    it("begins an upload again whose connection broke", async () => {
      wire().fault({ when: isUp, breaksAfter: { up: 1_000_000 } });
      const stored = await store().putFile(await large());
      expect(await store().verify(stored)).toBe("ok");
    });

    it("takes a download up where its connection broke", async () => {
      const stored = await store().putFile(await large());
      const before = wire().seen.length;
      wire().fault({ when: ({ method }) => method === "GET", breaksAfter: { down: 1_000_000 } });
      await store().getFile(stored, join(of().folder, "copy"));
      expect((await readFile(join(of().folder, "copy"))).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
      const ranges = wire()
        .seen.slice(before)
        .map(({ headers }) => headers.range ?? "");
      expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-/);
    });

    it("goes on when a server is back that was away in the middle", async () => {
      const file = await large();
      wire().fault({ when: isUp, stalls: true });
      const putting = store().putFile(file);
      await until(() => wire().seen.some(isUp));
      await wire().away();
      await wire().back();
      expect(await store().verify(await putting)).toBe("ok");
    });

    it("says that a server stays away", async () => {
      const artifact = await put();
      await wire().away();
      await expect(store().verify(artifact, { timeout: 500 })).rejects.toMatchObject({
        code: expect.stringMatching(/^STORE_(UNREACHABLE|TIMEOUT)$/),
      });
    });

    it("gives a server up that does not answer", async () => {
      wire().fault({ stalls: true, times: 1_000 });
      await expect(store().putFile(await large(), { timeout: 200 })).rejects.toMatchObject({
        code: "STORE_TIMEOUT",
      });
    });

    it("goes away at once from an upload that is interrupted", async () => {
      wire().fault({ when: isUp, stalls: true, times: 10 });
      const stop = new AbortController();
      const putting = store().putFile(await large(), { signal: stop.signal });
      putting.catch(() => {});
      await until(() => wire().seen.some(isUp));
      stop.abort();
      await expect(putting).rejects.toMatchObject({ code: "INTERRUPTED" });
    });

    it(`${renews ? "renews" : "says that it cannot renew"} credentials that expired in the middle`, async () => {
      const artifact = await put();
      of().under.expire?.();
      if (renews) expect(await store().verify(artifact)).toBe("ok");
      else await expect(store().verify(artifact)).rejects.toMatchObject({ code: "STORE_DENIED" });
    });
  });
}

const DENIED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>';

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
