/** Where a link points: `#/chapter?settings`. Everything after `#` stays in the browser: no server sees it. */

export interface Route {
  chapter: string;
  query: string;
}

export function readRoute(hash: string): Route {
  const [path = "", ...rest] = hash.replace(/^#\/?/, "").split("?");
  return { chapter: path, query: rest.join("?") };
}

export function writeRoute({ chapter, query }: Route): string {
  return `#/${chapter}${query === "" ? "" : `?${query}`}`;
}
