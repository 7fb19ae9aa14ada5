import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where the library lives between clones: a gigabyte belongs in the user's cache, not in a repository.
 *
 * `REFORMER_CACHE` wins; otherwise the platform's own place for caches.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (environment["REFORMER_CACHE"]) return resolve(environment["REFORMER_CACHE"]);
  if (environment["XDG_CACHE_HOME"]) return join(environment["XDG_CACHE_HOME"], "reformer-ts");
  if (platform === "darwin") return join(home, "Library", "Caches", "reformer-ts");
  if (platform === "win32") {
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "reformer-ts", "Cache");
  }
  return join(home, ".cache", "reformer-ts");
}
