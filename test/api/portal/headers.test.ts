import { expect, it } from "vitest";
import { attachment } from "../../../api/portal/headers.ts";

it("names a file by what browsers take, and by all of its characters beside", () => {
  expect(attachment('a"\r\nx: y;é.txt')).toBe(
    "attachment; filename=\"a_x_y_.txt\"; filename*=UTF-8''a%22%0D%0Ax%3A%20y%3B%C3%A9.txt",
  );
});

it("cuts a long name, also in the middle of a character, and takes one that is none", () => {
  expect(attachment(`a${"😀".repeat(200)}`)).toMatch(/%F0%9F%98%80%EF%BF%BD$/);
  expect(attachment("\ud800")).toMatch(/%EF%BF%BD$/);
});
