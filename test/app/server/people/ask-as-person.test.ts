import { expect, it } from "vitest";
import { askAsPerson } from "../../../../app/server/people/ask-as-person.ts";
import { seenRepositories } from "../../../../app/server/people/seen-repositories.ts";

const answering = (answer: () => Response | Promise<Response>) =>
  askAsPerson({ api: "https://api.github.com", fetch: async () => answer() });

it.each([
  [200, {}, "given"],
  [401, {}, "unknown"],
  [403, {}, "hidden"],
  [404, {}, "hidden"],
  [451, {}, "hidden"],
  [403, { "x-ratelimit-remaining": "0" }, "away"],
  [403, { "retry-after": "60" }, "away"],
  [429, {}, "away"],
  [502, {}, "away"],
] as const)("takes %i with %j for %s", async (status, headers, outcome) => {
  const ask = answering(() => new Response("{}", { status, headers: headers as Record<string, string> }));
  expect(await ask("/user", "ghu_token")).toMatchObject({ outcome });
});

it.each([
  ["a lost connection", () => Promise.reject(new TypeError("fetch failed"))],
  ["what is no JSON", () => new Response("<html>")],
])("takes %s for no answer", async (_, answer) => {
  expect(await answering(answer)("/user", "ghu_token")).toEqual({ outcome: "away" });
});

/** GitHub with so many repositories in each of two installations. */
function github(counts: readonly number[]) {
  const asked: string[] = [];
  const fetch = async (input: unknown) => {
    const { pathname, searchParams } = new URL(String(input));
    asked.push(pathname);
    if (pathname === "/user/installations")
      return Response.json({ installations: counts.map((_, id) => ({ id: id + 1 })) });
    const [, id = "0"] = /^\/user\/installations\/(\d+)\/repositories$/.exec(pathname) ?? [];
    const from = (Number(searchParams.get("page")) - 1) * 100;
    const count = Math.max(0, Math.min(100, (counts[Number(id) - 1] ?? 0) - from));
    const repositories = Array.from({ length: count }, (_, at) => {
      return { full_name: `org${id}/r${String(from + at).padStart(5, "0")}`, private: true, description: null };
    });
    return Response.json({ repositories });
  };
  return { asked, ask: askAsPerson({ api: "https://api.github.com", fetch: fetch as typeof globalThis.fetch }) };
}

it("lists what a person sees over all installations and pages, in the order of names", async () => {
  const { ask } = github([101, 1]);
  const found = await seenRepositories({ ask, now: Date.now })("ghu_token");
  if (found.outcome !== "given") throw new Error(found.outcome);
  expect(found.repositories).toHaveLength(102);
  expect(found.repositories.at(100)?.fullName).toBe("org1/r00100");
  expect(found.more).toBe(false);
});

it("asks for so many pages, and says that there is more", async () => {
  const { ask, asked } = github([5_000]);
  const found = await seenRepositories({ ask, now: Date.now })("ghu_token");
  expect(found).toMatchObject({ outcome: "given", more: true });
  expect(asked).toHaveLength(21);
});

it("asks GitHub once in a minute for each token", async () => {
  const { ask, asked } = github([1]);
  const clock = { now: 0 };
  const seen = seenRepositories({ ask, now: () => clock.now });
  for (const _ of [1, 2]) await seen("ghu_one");
  expect(asked).toHaveLength(2);
  await seen("ghu_two");
  expect(asked).toHaveLength(4);
  clock.now += 60_001;
  await seen("ghu_one");
  expect(asked).toHaveLength(6);
});
