import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export const GTO = "1.10.1";
export const MLFLOW = "3.17.2";
export const SCIKIT_LEARN = "1.9.1";
export const KSERVE = "0.21.0";
export const EVIDENTLY = "0.7.23";

/** The path of GTO's executable. */
export async function installedGto(): Promise<string> {
  return join(await installed(`gto==${GTO}`), "gto");
}

/** The Python of an environment with MLflow. It asks for setuptools, which newer environments leave out. */
export async function installedMlflow(wanted = `mlflow==${MLFLOW}`): Promise<string> {
  return join(await installed(wanted, "setuptools<80"), "python");
}

/** The Python of an environment with scikit-learn. */
export async function installedScikitLearn(): Promise<string> {
  return join(await installed(`scikit-learn==${SCIKIT_LEARN}`, "numpy==2.4.6"), "python");
}

/** The Python of an environment with Evidently, which cannot be loaded beside a newer pandas. */
export async function installedEvidently(): Promise<string> {
  return join(await installed(`evidently==${EVIDENTLY}`, "pandas<3", "pyarrow"), "python");
}

/**
 * The executables of an environment with KServe's Python server, scikit-learn, and the schemas of its objects and of Kubernetes'
 * own: newer clients of Kubernetes tell nothing of their types.
 */
export function installedKserve(): Promise<string> {
  const kubernetes = ["kubernetes<36", "kubernetes-validate==1.37.0"];
  return installed(`kserve==${KSERVE}`, ...kubernetes, `scikit-learn==${SCIKIT_LEARN}`);
}

/** The executables of a Python environment with these packages, outside the repository. Needs python3 with venv; made once. */
async function installed(...packages: readonly string[]): Promise<string> {
  const pinned = packages.filter((wanted) => wanted.includes("=="));
  const folder = join(tmpdir(), "slipway-conformance", pinned.join("-").replaceAll("==", "-"));
  const [programs, marker] = [join(folder, "bin"), join(folder, ".ready")];
  if (existsSync(marker)) return programs;
  process.stderr.write(`Installing ${pinned.join(", ")} with pip into ${folder} …\n`);
  await execa("python3", ["-m", "venv", "--clear", folder], { timeout: 120_000 });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
  await execa(join(programs, "python"), install, { timeout: 900_000 });
  await writeFile(marker, "");
  return programs;
}
