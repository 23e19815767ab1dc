// What is in the bundles, for those who look for packages with a known fault: CycloneDX, of the packages whose code is in
// them and of DuckDB's, which are fetched. The same sources make the same bytes: it has no serial number and no date.

/**
 * @param {{ name: string, version: string, license?: string }[]} packages
 * @param {Record<string, { version?: string, integrity?: string, license?: string }>} locked package-lock.json's `packages`
 */
export function billOfMaterials({ name, version }, packages, locked) {
  const fetched = Object.entries(locked).flatMap(([path, about]) =>
    /^node_modules\/(@duckdb\/[^/]+|detect-libc)$/.test(path) ? [{ ...about, name: path.slice(13) }] : [],
  );
  const all = new Map([...packages, ...fetched].map((each) => [purl(each), each]));
  const components = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reference, each]) => component(reference, each, locked));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { "bom-ref": purl({ name, version }), type: "application", name, version } },
    components,
  };
}

function component(reference, { name, version, license }, locked) {
  const integrity = locked[`node_modules/${name}`]?.integrity;
  const sha512 = integrity?.startsWith("sha512-") && Buffer.from(integrity.slice(7), "base64").toString("hex");
  const isSame = locked[`node_modules/${name}`]?.version === version;
  return {
    ...{ "bom-ref": reference, type: "library", name, version, purl: reference },
    ...(typeof license === "string" ? { licenses: [{ expression: license }] } : {}),
    ...(sha512 && isSame ? { hashes: [{ alg: "SHA-512", content: sha512 }] } : {}),
  };
}

function purl({ name, version }) {
  return `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${version}`;
}
