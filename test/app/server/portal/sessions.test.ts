import { sealData } from "iron-session";
import { expect, it } from "vitest";
import { attempts } from "../../../../app/server/portal/attempts.ts";
import { keyFor, sealed } from "../../../../app/server/portal/sealed.ts";
import { SignedIn, sessions } from "../../../../app/server/portal/sessions.ts";

const SETTINGS = { clientId: "Iv23abc", clientSecret: "0123456789abcdef0123", url: "https://slipway.example.org" };
const ADA = { id: 7, login: "ada" };
const HOUR = 3_600_000;

/** Sessions whose clock is the test's, and the cookie of one. */
async function begun(settings = SETTINGS) {
  const clock = { now: Date.now() };
  const known = sessions(settings, () => clock.now);
  const cookie = await known.begin(ADA, "ghu_token");
  const value = /^__Host-slipway=([^;]+)/.exec(cookie)?.[1] ?? "";
  const as = (text: string) =>
    new Request("https://slipway.example.org/", { headers: { cookie: `a=b; __Host-slipway=${text}; c=d` } });
  return { clock, known, cookie, value, as };
}

it("knows who is signed in, for an hour and no longer", async () => {
  const { clock, known, value, as } = await begun();
  expect(await known.of(as(value))).toMatchObject({ account: ADA, token: "ghu_token" });
  clock.now += HOUR - 1;
  expect(await known.of(as(value))).toBeDefined();
  clock.now += 1;
  expect(await known.of(as(value))).toBeUndefined();
});

it("keeps the cookie to this host, from scripts, from plain HTTP and from other sites' forms", async () => {
  const { cookie } = await begun();
  expect(cookie).toMatch(/^__Host-slipway=[^;]+; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
});

it("shows neither the token nor the person in the cookie", async () => {
  const { value } = await begun();
  const bytes = value.split("*").map((part) => Buffer.from(part, "base64url").toString());
  expect([value, ...bytes].join(" ")).not.toMatch(/ghu_token|"login"|"ada"/);
});

it("gives a new id, and another secret for forms, at each sign-in", async () => {
  const { known, as } = await begun();
  const [one, other] = await Promise.all(
    [1, 2].map(async () => {
      const cookie = await known.begin(ADA, "ghu_token");
      return known.of(as(/=([^;]+)/.exec(cookie)?.[1] ?? ""));
    }),
  );
  if (one === undefined || other === undefined) throw new Error("no session");
  expect(one.id).not.toBe(other.id);
  expect(known.secret(one)).not.toEqual(known.secret(other));
  expect(known.secret(one)).toEqual(known.secret({ ...one }));
});

it("takes no seal that was changed in any place", async () => {
  const { known, value, as } = await begun();
  for (let at = 0; at < value.length; at += 7) {
    const changed = `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`;
    expect(await known.of(as(changed))).toBeUndefined();
  }
});

it.each(["", "garbage", "Fe26.2*1*a*b*c**d*e~2", "a".repeat(5_000), "%00", "{}"])(
  "takes %j for nobody",
  async (text) => {
    const { known, as } = await begun();
    expect(await known.of(as(text))).toBeUndefined();
  },
);

it.each([{ clientSecret: "another-secret-of-the-App" }, { clientId: "Iv23other" }])(
  "takes no seal of another App: %j",
  async (other) => {
    const { value, as } = await begun({ ...SETTINGS, ...other });
    expect(await sessions(SETTINGS, Date.now).of(as(value))).toBeUndefined();
  },
);

it("takes no seal that was made for another purpose", async () => {
  const { known, as } = await begun();
  const options = { schema: SignedIn, purpose: "sign-in", life: 3_600, now: Date.now };
  const seal = await sealed(SETTINGS, options).seal({ id: "a".repeat(24), account: ADA, token: "ghu_token" });
  expect(await known.of(as(seal))).toBeUndefined();
});

it("takes no seal of this App's that holds something else", async () => {
  const { known, as } = await begun();
  const password = keyFor(SETTINGS, "session").toString("hex");
  const seal = await sealData({ value: { id: "short" }, until: Date.now() + HOUR }, { password });
  expect(await known.of(as(seal))).toBeUndefined();
});

it("ends a session for whoever has a copy of its cookie", async () => {
  const { known, value, as } = await begun();
  const session = await known.of(as(value));
  if (session === undefined) throw new Error("no session");
  known.end(session);
  expect(await known.of(as(value))).toBeUndefined();
});

it("gives an attempt once, to the browser that began it, for ten minutes", async () => {
  const clock = { now: Date.now() };
  const begin = async () => {
    const known = attempts(SETTINGS, () => clock.now);
    const { state, cookie } = await known.begin("/r/acme/models/");
    const value = /^__Host-slipway-sign-in=([^;]+)/.exec(cookie)?.[1] ?? "";
    const browser = new Request(SETTINGS.url, { headers: { cookie: `__Host-slipway-sign-in=${value}` } });
    return { known, state, browser };
  };
  const one = await begin();
  expect(await one.known.take(new Request(SETTINGS.url), one.state)).toBeUndefined();
  for (const state of [undefined, "", "guessed", `${one.state}x`])
    expect(await one.known.take(one.browser, state)).toBeUndefined();
  expect(await one.known.take(one.browser, one.state)).toMatchObject({ to: "/r/acme/models/" });
  expect(await one.known.take(one.browser, one.state)).toBeUndefined();
  const late = await begin();
  clock.now += 600_000;
  expect(await late.known.take(late.browser, late.state)).toBeUndefined();
});
