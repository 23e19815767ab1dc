/*
 * Stands in for `unzip-stream`, by which GitHub's client would unpack what it downloads: we take the zip as it came, and
 * unpack it ourselves, within limits (unzip.ts). In a bundle it would be code that nobody watches.
 */
export default {
  Extract(): never {
    throw new Error("zips are unpacked by unzip.ts");
  },
};
