import { describe, expect, it, onTestFinished } from "vitest";
import type { NamedStore } from "../../core/stores/named.ts";

/** What every NamedStore promises. `make` opens an empty one. */
export function testNamedStore(
  name: string,
  make: () => Promise<{ store: NamedStore; close(): Promise<unknown> }>,
): void {
  const opened = async () => {
    const { store, close } = await make();
    onTestFinished(async () => void (await close()));
    return store;
  };
  const bytes = Buffer.from([0, 255, 10, 13]);

  describe(`named objects: ${name}`, () => {
    it("gives an object back byte by byte", async () => {
      const store = await opened();
      await store.put("penguins/20261129T16/a-1.parquet", bytes);
      expect(await store.get("penguins/20261129T16/a-1.parquet")).toEqual(bytes);
    });

    it("has nothing under a name that nobody gave", async () => {
      const store = await opened();
      await store.put("penguins/20261129T16/a-1.parquet", bytes);
      expect(await store.get("penguins/20261129T16/a-2.parquet")).toBeUndefined();
    });

    it("reads nothing of an object that is larger than whoever reads it takes", async () => {
      const store = await opened();
      await store.put("rollouts/d/0/a.json", bytes);
      expect(await store.get("rollouts/d/0/a.json", { most: bytes.length - 1 })).toBeUndefined();
      expect(await store.get("rollouts/d/0/a.json", { most: bytes.length })).toEqual(bytes);
    });

    it("replaces an object of the same name", async () => {
      const store = await opened();
      await store.put("penguins/20261129T16/a-1.parquet", bytes);
      await store.put("penguins/20261129T16/a-1.parquet", Buffer.from("new"));
      expect(String(await store.get("penguins/20261129T16/a-1.parquet"))).toBe("new");
    });

    it("lists the names that start alike", async () => {
      const store = await opened();
      for (const each of ["penguins/20261129T16/a-1.parquet", "penguins/20261129T17/a-2.parquet", "wine/h/a-1.json"])
        await store.put(each, bytes);
      expect((await store.list("penguins/")).sort()).toEqual([
        "penguins/20261129T16/a-1.parquet",
        "penguins/20261129T17/a-2.parquet",
      ]);
    });

    it("lists nothing of a place where nothing was put", async () => {
      expect(await (await opened()).list("penguins/")).toEqual([]);
    });

    it("keeps the others of equal bytes when one is removed", async () => {
      const store = await opened();
      await store.put("penguins/20261129T16/a-1.parquet", bytes);
      await store.put("penguins/20261129T16/a-2.parquet", bytes);
      expect(await store.remove("penguins/20261129T16/a-1.parquet")).toEqual({ outcome: "removed" });
      expect(await store.list("penguins/")).toEqual(["penguins/20261129T16/a-2.parquet"]);
      expect(await store.get("penguins/20261129T16/a-2.parquet")).toEqual(bytes);
    });

    it("has removed what is not there", async () => {
      expect(await (await opened()).remove("penguins/20261129T16/a-1.parquet")).toEqual({ outcome: "removed" });
    });

    it.each(["../outside.parquet", "a.b/c.parquet", "plain.parquet", "a/b", `${"a".repeat(120)}/b.parquet`])(
      "refuses the name %s, which no store of every kind can have",
      async (each) => {
        await expect((await opened()).put(each, bytes)).rejects.toMatchObject({ code: "UNSUPPORTED" });
      },
    );
  });
}
