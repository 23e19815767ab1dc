import { expect, it } from "vitest";
import { signatureWords, signedBy } from "../../core/report/signature-words.ts";
import type { SignedTag } from "../../schemas/tag-signature.ts";

const tag = (about: Partial<SignedTag> = {}): SignedTag => ({
  ...{ tag: "penguins@v1.0.0", model: "penguins", version: 1, state: "signed", by: "app", key: "SHA256:abcdefghijkl" },
  ...about,
});

it.each<[SignedTag[], string]>([
  [[], "–"],
  [[tag(), tag({ by: "Ada" }), tag()], "app, Ada"],
  [[tag({ by: undefined })], "SHA256:abcdefgh"],
  [[tag(), tag({ state: "unsigned" })], "unsigned"],
  [[tag({ state: "unsigned" }), tag({ state: "untrusted" })], "untrusted"],
  [[tag({ state: "untrusted" }), tag({ state: "forged" }), tag()], "FORGED"],
])("of several tags the worst is shown: %#", (tags, words) => expect(signedBy(tags)).toBe(words));

it.each<[SignedTag, string]>([
  [tag(), "signed by app, SHA256:abcdefghijkl"],
  [tag({ by: undefined }), "signed with SHA256:abcdefghijkl"],
  [tag({ state: "unsigned" }), "unsigned"],
  [tag({ state: "forged", why: "it does not match" }), "forged: it does not match"],
])("one is told in words: %#", (signature, words) => expect(signatureWords(signature)).toBe(words));
