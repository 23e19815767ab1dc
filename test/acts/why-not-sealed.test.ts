import { expect, it } from "vitest";
import { type Sealing, whyNotSealed } from "../../core/acts/why-not-sealed.ts";

const SEALED: Sealing = {
  given: ["AWS_SECRET_ACCESS_KEY"],
  sharedBy: async () => undefined,
  opensWithout: async () => false,
};
const why = (about: Partial<Sealing> = {}, uris = ["s3://sealed/l.csv"], secrets = {}) =>
  whyNotSealed(uris, { secrets }, { ...SEALED, ...about });

it("finds labels sealed that nobody else can open", async () => {
  expect(await why({}, undefined, { train: ["HF_TOKEN"] })).toBeUndefined();
});

it.each<[string, Promise<string | undefined>, RegExp]>([
  ["files of the runner", why({}, ["file:///srv/l.csv"]), /files of the runner/],
  ["no credentials", why({ given: [] }), /no credentials of its own/],
  ["a secret that predict is given too", why({}, undefined, { predict: ["AWS_SECRET_ACCESS_KEY"] }), /to predict too/],
  ["an environment that lets others in", why({ sharedBy: async () => "others get in" }), /others get in/],
  [
    "one file of two that opens",
    why({ opensWithout: async (uri) => uri.endsWith("2") }, ["s3://a/1", "s3://a/2"]),
    /without credentials/,
  ],
])("says why labels are not sealed: %s", async (_, found, reason) => {
  expect(await found).toMatch(reason);
});
