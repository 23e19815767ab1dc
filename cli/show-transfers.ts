import type { ArtifactStore } from "../core/stores/store.ts";
import type { Progress } from "./progress.ts";

/** The store, whose operations on whole objects are shown while they move bytes. A part that is read goes to a server's client. */
export function showTransfers(store: ArtifactStore, progress: Progress): ArtifactStore {
  const shown = async <T>(
    label: string,
    act: (onProgress: ReturnType<Progress["transfer"]>["moved"]) => Promise<T>,
  ) => {
    const { moved, end } = progress.transfer(label);
    try {
      return await act(moved);
    } finally {
      end();
    }
  };
  return {
    ...store,
    putFolder: (folder, options) =>
      shown("storing", (onProgress) => store.putFolder(folder, { ...options, onProgress })),
    putFile: (file, options) => shown("storing", (onProgress) => store.putFile(file, { ...options, onProgress })),
    getFolder: (artifact, target, options) =>
      shown("fetching", (onProgress) => store.getFolder(artifact, target, { ...options, onProgress })),
    getFile: (file, target, options) =>
      shown("fetching", (onProgress) => store.getFile(file, target, { ...options, onProgress })),
    verify: (object, options) => shown("checking", (onProgress) => store.verify(object, { ...options, onProgress })),
  };
}
