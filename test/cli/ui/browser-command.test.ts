import { expect, it } from "vitest";
import { browserCommand } from "../../../cli/ui/browser-command.ts";

const URL = "http://127.0.0.1:5050/?token=a";
const command = (env: Record<string, string>, about: { platform?: NodeJS.Platform; isWatched?: boolean } = {}) =>
  browserCommand(URL, { env, platform: "linux", isWatched: true, ...about });

it.each([
  [{ DISPLAY: ":0" }, ["xdg-open", URL]],
  [{ WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open", URL]],
  [{ BROWSER: "firefox" }, ["firefox", URL]],
  [{ BROWSER: "firefox:chromium" }, ["firefox", URL]],
  [{ BROWSER: "chromium --app %s" }, ["chromium", "--app", "%s"].map((word) => word.replace("%s", URL))],
])("opens a browser with %j by %j", (env, expected) => {
  expect(command(env)).toEqual(expected);
});

it("opens a browser on a Mac, but on no other machine's screen", () => {
  expect(command({}, { platform: "darwin" })).toEqual(["open", URL]);
  expect(command({ SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, { platform: "darwin" })).toBeUndefined();
});

it.each([{}, { DISPLAY: ":0", CI: "true" }, { DISPLAY: ":0", BROWSER: "none" }, { CI: "1", BROWSER: "firefox" }])(
  "opens none with %j",
  (env) => {
    expect(command(env as Record<string, string>)).toBeUndefined();
  },
);

it("opens none where nobody sits at the terminal", () => {
  expect(command({ DISPLAY: ":0" }, { isWatched: false })).toBeUndefined();
});
