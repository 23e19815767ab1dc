/** Labels of runners that GitHub hosts and that are Linux like the machines here. */
export const HOSTED: readonly string[] = ["ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04"];
